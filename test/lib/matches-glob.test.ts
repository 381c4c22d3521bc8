import { describe, expect, it } from 'vitest'
import { matchesGlob } from '../../src/lib/matches-glob.ts'

describe('matchesGlob', () => {
  it.each([
    ['ntdll.pdb', 'ntdll.pdb', true],
    ['ntdll.pdb', 'ntdll.pdbx', false],
    ['kernel*.pdb', 'kernel32.pdb', true],
    ['kernel*.pdb', 'kernel.pdb', true],
    ['kernel*.pdb', 'kernel32.pdb.bak', false],
    ['*.sys', '.sys', true],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['?', '', false],
    ['?.dll', 'a.dll', true],
    ['?.dll', 'ab.dll', false],
    ['*a*b?', 'xxaxxabc', true],
    ['a.b', 'axb', false],
    ['[a]', 'a', false],
    ['a**b', 'ab', true],
  ])('%s and %s: %s', (pattern, text, fits) => {
    expect(matchesGlob(pattern, text)).toBe(fits)
  })

  it('does not take long over a pattern of many stars', () => {
    expect(matchesGlob('*a'.repeat(100) + 'b', 'a'.repeat(10_000))).toBe(false)
  })
})
