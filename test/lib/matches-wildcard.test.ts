import { describe, expect, it } from 'vitest'
import { matchesWildcard } from '../../src/lib/matches-wildcard.ts'

describe('a pattern', () => {
  it.each([
    ['app.pdb', 'App.PDB', true],
    ['app.pdb', 'app.pdbx', false],
    ['kernel*.pdb', 'kernelbase.pdb', true],
    ['kernel*.pdb', 'kernel.pdb', true],
    ['kernel*.pdb', 'kernel.pd', false],
    ['*', '', true],
    ['**', 'anything', true],
    ['', '', true],
    ['', 'a', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*.pdb*', 'a.pdb.pdb', true],
    ['*ab', 'aab', true],
    ['*a*b*c', 'xaxbxbxc', true],
    ['*a*b*c', 'xaxcxb', false],
    ['[a].pdb', '[a].pdb', true],
    ['a.pdb', 'axpdb', false],
  ])('%s against %s: %s', (pattern, text, matches) => {
    expect(matchesWildcard(pattern, text)).toBe(matches)
  })

  it('costs no more than its length times the text, however many stars it has', () => {
    expect(matchesWildcard(`${'*a'.repeat(200)}b`, 'a'.repeat(50_000))).toBe(false)
  })
})
