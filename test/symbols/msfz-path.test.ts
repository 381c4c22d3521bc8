import { describe, expect, it } from 'vitest'
import { msfzPath } from '../../src/symbols/msfz-path.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'

describe('msfzPath', () => {
  it.each([`app.pdb/${GUID}1/app.pdb`, `app.pdb/${GUID.toLowerCase()}00000001/APP.PDB`])(
    'is the folder below the id of %s',
    (path) => {
      expect(msfzPath(symbolPathOf(path))?.storePath).toBe(`app.pdb/${GUID}1/msfz0/app.pdb`)
    },
  )

  it.each([
    `app.pdb/${GUID}1/app.pd_`,
    `app.pdb/${GUID}1/app.sym`,
    `app.pdb/${GUID}1/msfz0/app.pdb`,
    'app.exe/6B0140843000/app.exe',
  ])('is undefined for %s', (path) => {
    expect(msfzPath(symbolPathOf(path))).toBeUndefined()
  })
})
