import { describe, expect, it } from 'vitest'
import { recordedName } from '../../../src/symbols/formats/recorded-name.ts'

describe('recordedName', () => {
  it.each([
    ['app.pdb', 'app.pdb'],
    ['c:\\projects\\out/app.pdb', 'app.pdb'],
    ['/a\\b/../c d+~.pdb', 'c d+~.pdb'],
    ['ünï.dll', 'ünï.dll'],
  ])('of %j is %j', (path, name) => {
    expect(recordedName(path)).toBe(name)
  })

  it.each(['', '/', 'a/', '..', 'a/..', '.', 'a\0b', 'a\nb', 'a\x7f'])('of %j is none', (path) => {
    expect(recordedName(path)).toBeUndefined()
  })
})
