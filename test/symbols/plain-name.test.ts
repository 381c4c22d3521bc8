import { describe, expect, it } from 'vitest'
import { plainName } from '../../src/symbols/plain-name.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'

const pdb = makePdb({ guid: '497B72F6390A44FC878E5A2D63B6CC4B', age: 1 })
const pe = makePe({ timestamp: 1, sizeOfImage: 2 })

describe('the name of what was compressed', () => {
  it.each([
    // The member's last character completes the given name, in the given name's case.
    ['app.pd_', 'app.pdb', pdb, 'app.pdb'],
    ['App.PD_', 'app.pdb', pdb, 'App.PDB'],
    ['app.dl_', 'APP.DLL', pe, 'app.dll'],
    ['app.cp_', 'app.cpl', pe, 'app.cpl'],
    ['driver.sy_', 'driver.sys', pe, 'driver.sys'],
    ['dotne_', 'dotnet', pe, 'dotnet'],
    ['app._', 'app.🙂', pe, 'app.🙂'],
    // Another member: the content and the member decide.
    ['renamed.pd_', 'app.pdb', pdb, 'renamed.pdb'],
    ['RENAMED.PD_', 'app.pdb', pdb, 'RENAMED.PDB'],
    ['renamed.dl_', 'app.dll', pe, 'app.dll'],
    ['renamed.pd_', 'app.exe', pe, 'app.exe'],
    ['app.pdb_', 'app.pdb', pdb, 'app.pdb'],
    // The given name is not a compressed one.
    ['symbols.cab', 'app.pdb', pdb, 'app.pdb'],
    [undefined, 'app.pdb', pdb, 'app.pdb'],
    // No member: a plain file under a compressed name.
    ['app.pd_', undefined, pdb, 'app.pdb'],
    ['APP.DL_', undefined, pe, 'APP.DLL'],
    ['app.ex_', undefined, pe, 'app.exe'],
    ['app.x_', undefined, pe, 'app.x_'],
    ['_', undefined, pe, '_'],
    ['app.pdb', undefined, pdb, 'app.pdb'],
    [undefined, undefined, pdb, undefined],
  ])('given as %s, member %s', (given, member, head, name) => {
    expect(plainName(given, member, head)).toBe(name)
  })
})
