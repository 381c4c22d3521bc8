import { describe, expect, it } from 'vitest'
import { keys } from '../../src/symbols/keys.ts'

const guid = 'ABCDEF0123456789ABCDEF0123456789'

describe('keys', () => {
  it('keeps the order of the identities', () => {
    const identities = [
      { kind: 'pdb', guid, age: 1 },
      { kind: 'pdb', guid, age: 10 },
    ] as const
    expect(keys(identities, 'A.pdb')).toEqual([`A.pdb/${guid}1/A.pdb`, `A.pdb/${guid}a/A.pdb`])
  })

  it('gives one key for identities that share it', () => {
    const identities = [
      { kind: 'elf-debug', buildId: 'ab' },
      { kind: 'elf-debug', buildId: 'ab'.padEnd(40, '0') },
    ] as const
    expect(keys(identities, 'a')).toEqual([
      `_.debug/elf-buildid-sym-${'ab'.padEnd(40, '0')}/_.debug`,
    ])
  })

  it('gives without a name only what carries none', () => {
    const identities = [
      { kind: 'macho', uuid: guid },
      { kind: 'macho-debug', uuid: guid },
    ] as const
    expect(keys(identities, undefined)).toEqual([
      `_.dwarf/mach-uuid-sym-${guid.toLowerCase()}/_.dwarf`,
    ])
  })

  it.each([
    ['App.PDB', `App.PDB/${guid}0/App.sym`],
    ['app.exe', `app.exe/${guid}0/app.exe.sym`],
    ['liba.so.1', `liba.so.1/${guid}0/liba.so.1.sym`],
  ])('puts .sym in place of .pdb alone: %s', (name, key) => {
    expect(keys([{ kind: 'breakpad', guid, age: 0 }], name)).toEqual([key])
  })

  it('writes a PDB 2.00 by signature and age', () => {
    expect(keys([{ kind: 'pdb20', signature: 0xa5b7c9d, age: 0x1f }], 'a.pdb')).toEqual([
      'a.pdb/0A5B7C9D1f/a.pdb',
    ])
  })
})
