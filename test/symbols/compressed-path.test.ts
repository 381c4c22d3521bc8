import { describe, expect, it } from 'vitest'
import { compressedPath } from '../../src/symbols/compressed-path.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'

describe('the compressed form of a path', () => {
  it.each([
    [`app.pdb/${GUID}1/app.pdb`, `app.pdb/${GUID}1/app.pd_`],
    [`App.DLL/5617D5638000/App.DLL`, `App.DLL/5617D5638000/App.DL_`],
    [`driver.sys/5617D5638000/driver.sys`, `driver.sys/5617D5638000/driver.sy_`],
    [`kdcom.dbg/5617D5638000/kdcom.dbg`, `kdcom.dbg/5617D5638000/kdcom.db_`],
    [`app.pdb/${GUID}FFFFFFFF/app.pdb`, `app.pdb/${GUID}FFFFFFFF/app.pd_`],
    [`dotnet/5617D5638000/dotnet`, `dotnet/5617D5638000/dotne_`],
    [`é🙂/5617D5638000/é🙂`, `é🙂/5617D5638000/é_`],
  ])('of %s is %s', (path, compressed) => {
    expect(compressedPath(symbolPathOf(path))).toBe(compressed)
  })

  it.each([
    ['a Breakpad file', `app.pdb/${GUID}1/app.sym`],
    ['what is compressed already', `app.pdb/${GUID}1/app.pd_`],
    ['a name that ends so', 'app_/5617D5638000/app_'],
    ['an MSFZ file', `app.pdb/${GUID}1/msfz0/app.pdb`],
    ['an ELF file', `libapp.so/elf-buildid-${'ab'.repeat(20)}/libapp.so`],
    ['a dSYM', `_.dwarf/mach-uuid-sym-${GUID.toLowerCase()}/_.dwarf`],
  ])('does not exist for %s', (_, path) => {
    expect(compressedPath(symbolPathOf(path))).toBeUndefined()
  })
})
