import { describe, expect, it } from 'vitest'
import { baseName } from '../../../src/symbols/formats/base-name.ts'

describe('baseName', () => {
  it.each([
    ['app.pdb', 'app.pdb'],
    ['c:\\projects\\out/app.pdb', 'app.pdb'],
    ['/a\\b/../c d+~.pdb', 'c d+~.pdb'],
    ['ünï.dll', 'ünï.dll'],
  ])('of %j is %j', (path, name) => {
    expect(baseName(path)).toBe(name)
  })

  it.each(['', '/', 'a/', '..', 'a/..', '.', 'a\0b', 'a\nb', 'a\x7f'])('of %j is none', (path) => {
    expect(baseName(path)).toBeUndefined()
  })
})
