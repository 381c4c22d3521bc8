import { describe, expect, it } from 'vitest'
import type { Casing, Layout } from '../../../src/symbols/layouts/layout.ts'
import { spellings } from '../../../src/symbols/layouts/spellings.ts'
import { symbolPathOf } from '../../helpers/symbol-path-of.ts'

const GUID = '3249D99D0C4049318610F4E4FB0B6936'
const PDB = `Crash.pdb/${GUID}1a/Crash.pdb`
const PE = 'Crash.exe/5AB38077a9000/Crash.exe'
const SHA1 = 'dfb85de42daffd09640c8fe377d572de3e168920'
const UUID = '67e9247c814e392ba027dbde6748fcbf'
const SYM = `crash/${GUID}1/crash.sym`

function spell(path: string, layout: Layout, ...casing: Casing[]): readonly string[] {
  return spellings(symbolPathOf(path), { layout, casing: casing.length > 0 ? casing : ['default'] })
}

describe('a file is spelled', () => {
  it.each<[Layout, string, string[]]>([
    ['symstore', PDB, [PDB, `Crash.pdb/${GUID}1a/Crash.pd_`]],
    // LLDB's age 10 is a, should nobody have 10.
    [
      'symstore',
      `a.pdb/${GUID}10/a.pdb`,
      [`a.pdb/${GUID}10/a.pdb`, `a.pdb/${GUID}10/a.pd_`, `a.pdb/${GUID}a/a.pdb`],
    ],
    ['symstore', `a.pdb/${GUID}10/a.sym`, [`a.pdb/${GUID}10/a.sym`]],
    ['symstore', PE, [PE, 'Crash.exe/5AB38077a9000/Crash.ex_']],
    ['symstore', `libm.so/elf-buildid-${SHA1}/libm.so`, [`libm.so/elf-buildid-${SHA1}/libm.so`]],
    ['symstore', SYM, [SYM]],
    ['symstore_index2', PDB, [`Cr/${PDB}`, `Cr/Crash.pdb/${GUID}1a/Crash.pd_`]],
    [
      'symstore_index2',
      `_.debug/elf-buildid-sym-${SHA1}/_.debug`,
      [`_/_.debug/elf-buildid-sym-${SHA1}/_.debug`],
    ],
    ['symstore_index2', `x/elf-buildid-${SHA1}/x`, [`x/x/elf-buildid-${SHA1}/x`]],
    ['ssqp', PDB, [`crash.pdb/${GUID.toLowerCase()}1A/crash.pdb`]],
    ['ssqp', `App.pdb/${GUID}ffffffff/App.pdb`, [`app.pdb/${GUID.toLowerCase()}FFFFFFFF/app.pdb`]],
    ['ssqp', PE, ['crash.exe/5AB38077a9000/crash.exe']],
    [
      'ssqp',
      `libM.so/${SHA1}/libM.so`,
      [`libm.so/elf-buildid-${SHA1}/libm.so`, `_.debug/elf-buildid-sym-${SHA1}/_.debug`],
    ],
    ['ssqp', `crash/mach-uuid-${UUID}/crash`, [`crash/mach-uuid-${UUID}/crash`]],
    ['ssqp', SYM, [SYM]],
    ['breakpad', SYM, [SYM]],
    ['breakpad', PDB, []],
    ['native', PDB, [PDB, `Crash.pdb/${GUID}1a/Crash.pd_`]],
    ['native', `libm.so/elf-buildid-${SHA1}/libm.so`, [`df/${SHA1.slice(2)}`]],
    ['native', `_.debug/elf-buildid-sym-${SHA1}/_.debug`, [`df/${SHA1.slice(2)}.debug`]],
    ['native', `libm.so/${SHA1}/libm.so`, [`df/${SHA1.slice(2)}`, `df/${SHA1.slice(2)}.debug`]],
    ['native', `_.dwarf/mach-uuid-sym-${UUID}/_.dwarf`, ['67E9/247C/814E/392B/A027/DBDE6748FCBF']],
    ['native', `crash/mach-uuid-${UUID}/crash`, ['67E9/247C/814E/392B/A027/DBDE6748FCBF.app']],
    ['native', SYM, [SYM]],
  ])('%s: %s', (layout, path, expected) => {
    expect(spell(path, layout)).toEqual(expected)
  })

  it('in each casing before it is taken for compressed', () => {
    const lower = PDB.toLowerCase()
    expect(spell(PDB, 'symstore', 'default', 'lower')).toEqual([
      PDB,
      lower,
      `Crash.pdb/${GUID}1a/Crash.pd_`,
      lower.replace(/b$/, '_'),
    ])
  })

  it.each<[Casing, string]>([
    ['default', `Cr/Crash.pdb/${GUID}1a/Crash.pdb`],
    ['lower', `cr/crash.pdb/${GUID.toLowerCase()}1a/crash.pdb`],
    ['lower_file', `cr/crash.pdb/${GUID}1a/crash.pdb`],
    ['lower_id', `Cr/Crash.pdb/${GUID.toLowerCase()}1a/Crash.pdb`],
    ['upper_id', `Cr/Crash.pdb/${GUID}1A/Crash.pdb`],
  ])('with the case %s', (casing, expected) => {
    expect(spell(PDB, 'symstore_index2', casing)[0]).toBe(expected)
  })

  it('once where two casings are the same', () => {
    const lower = `app.dll/elf-buildid-${SHA1}/app.dll`
    expect(spell(lower, 'symstore', 'default', 'lower', 'lower_id')).toEqual([lower])
  })

  it('in a bounded number of ways, whatever zeros its id ends in', () => {
    const padded = `lib.so/${'ab'.padEnd(40, '0')}/lib.so`
    const count = spell(padded, 'native', 'default', 'upper_id', 'lower').length
    expect(count).toBeGreaterThan(3)
    expect(count).toBeLessThanOrEqual(12)
  })
})
