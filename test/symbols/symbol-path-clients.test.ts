import { describe, expect, test } from 'vitest'
import { identityKey } from '../../src/symbols/identity.ts'
import { parseSymbolPath, type SymbolPath } from '../../src/symbols/symbol-path.ts'

/** What each client sends for one file (protocol.md §1.7, peers.md §2.5), and whose file that is. */
const REQUESTS: readonly { file: string; identity: string; spellings: Record<string, string> }[] = [
  {
    file: 'a Windows PDB',
    identity: 'pdb:497B72F6390A44FC878E5A2D63B6CC4B:1',
    spellings: {
      'symsrv and PerfView': 'Game.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/Game.pdb',
      'dotnet-symbol and Rider': 'game.pdb/497b72f6390a44fc878e5a2d63b6cc4b1/game.pdb',
      'Symbolicator (ssqp)': 'game.pdb/497b72f6390a44fc878e5a2d63b6cc4b1/game.pdb',
      'Symbolicator (symstore_index2)': 'Ga/Game.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/Game.pdb',
      'a padded age': 'Game.pdb/497B72F6390A44FC878E5A2D63B6CC4B00000001/Game.pdb',
      'sentry-cli with dashes': 'Game.pdb/497b72f6-390a-44fc-878e-5a2d63b6cc4b-1/Game.pdb',
    },
  },
  {
    file: 'a Windows PDB of age 234',
    identity: 'pdb:C9A61DDDD7E44353A668E39AC614A7EA:ea',
    spellings: {
      symstore: 'a.pdb/C9A61DDDD7E44353A668E39AC614A7EAea/a.pdb',
      'Symbolicator (ssqp)': 'a.pdb/c9a61dddd7e44353a668e39ac614a7eaEA/a.pdb',
      'old servers': 'A.PDB/C9A61DDDD7E44353A668E39AC614A7EA0EA/A.PDB',
    },
  },
  {
    file: 'a Windows PDB of age 0, or none',
    identity: 'pdb:A54661FE22A74C50A4763D4F2F6EBCD1:0',
    spellings: {
      symsrv: 'vc140.pdb/A54661FE22A74C50A4763D4F2F6EBCD1/vc140.pdb',
      'who writes the zero': 'vc140.pdb/A54661FE22A74C50A4763D4F2F6EBCD10/vc140.pdb',
    },
  },
  {
    file: 'a portable PDB',
    identity: 'portable-pdb:46BF0F515C5B4C8A9D7BD6A3B7E2D8D2',
    spellings: {
      symsrv: 'Lib.pdb/46BF0F515C5B4C8A9D7BD6A3B7E2D8D2ffffffff/Lib.pdb',
      'Visual Studio': 'lib.pdb/46bf0f515c5b4c8a9d7bd6a3b7e2d8d2FFFFFFFF/lib.pdb',
      PerfView: 'Lib.pdb/46BF0F515C5B4C8A9D7BD6A3B7E2D8D2FFFFFFFF/Lib.pdb',
    },
  },
  {
    file: 'a PE image',
    identity: 'pe:6855580645f000:app.exe',
    spellings: {
      'the WinDbg app': 'App.exe/6855580645F000/App.exe',
      'cdb and Visual Studio': 'App.exe/6855580645f000/App.exe',
      'PYSS, whose sizes have four digits at least': 'App.exe/685558060045f000/App.exe',
    },
  },
  {
    file: 'a PE image with a hash for a timestamp',
    identity: 'pe:AFBF9EF6354000:combase.dll',
    spellings: {
      symsrv: 'combase.dll/AFBF9EF6354000/combase.dll',
      'SymStore of 1999': 'combase.dll/afbf9ef6354000/combase.dll',
    },
  },
  {
    file: 'a Breakpad file',
    identity: 'breakpad:44E4EC8C2F41492B9369D6B9A059577C:0',
    spellings: {
      'Breakpad and tecken': 'xul.pdb/44E4EC8C2F41492B9369D6B9A059577C0/xul.sym',
      'symbold, which appends': 'xul.pdb/44E4EC8C2F41492B9369D6B9A059577C0/xul.pdb.sym',
      'who lower-cases': 'xul.pdb/44e4ec8c2f41492b9369d6b9a059577c0/xul.sym',
      'who omits the zero': 'XUL.pdb/44E4EC8C2F41492B9369D6B9A059577C/XUL.sym',
    },
  },
  {
    file: 'a Breakpad file by code id',
    identity: 'breakpad-code:652DE0ED706D000:xul.dll',
    spellings: {
      'rust-minidump': 'xul.dll/652DE0ED706D000/xul.sym',
      'a minidump reader': 'xul.dll/652DE0ED706d000/xul.sym',
    },
  },
  {
    file: 'an ELF debug file with a short build-id',
    identity: 'elf-debug:4e8ab7b4673330f0',
    spellings: {
      SSQP: `_.debug/elf-buildid-sym-4e8ab7b4673330f0${'0'.repeat(24)}/_.debug`,
      'who does not pad': '_.debug/elf-buildid-sym-4e8ab7b4673330f0/_.debug',
      'Symbolicator (symstore_index2)': `_/_.debug/elf-buildid-sym-4E8AB7B4673330F0${'0'.repeat(24)}/_.debug`,
    },
  },
  {
    file: 'a Mach-O image',
    identity: 'macho:67E9247C814E392BA027DBDE6748FCBF',
    spellings: {
      SSQP: 'crash/mach-uuid-67e9247c814e392ba027dbde6748fcbf/crash',
      'who upper-cases': 'Crash/MACH-UUID-67E9247C814E392BA027DBDE6748FCBF/Crash',
    },
  },
]

function parse(path: string): SymbolPath {
  const match = parseSymbolPath(path.split('/'))
  if (match.kind !== 'symbol') throw new Error(`${path} is ${match.kind}`)
  return match.path
}

describe.each(REQUESTS)('$file', ({ identity, spellings }) => {
  test.each(Object.entries(spellings))('is found as %s asks for it', (_, path) => {
    expect(parse(path).identities.map(identityKey)).toContain(identity)
  })

  test('is one request, however it is spelled', () => {
    const canonical = Object.values(spellings).map((path) => parse(path).canonical)
    expect(new Set(canonical).size).toBe(1)
  })
})

describe('the three pairs that symbold asks for', () => {
  const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
  const firstOf = (path: string): string[] => parse(path).identities.slice(0, 1).map(identityKey)

  test.each([
    [`a.pdb/${GUID}1/a.pdb`, `pdb:${GUID}:1`],
    [`a.pdb/${GUID}1/a.pd_`, `pdb:${GUID}:1`],
    [`a.pdb/${GUID}1/a.sym`, `breakpad:${GUID}:1`],
    ['a.exe/6855580645f000/a.exe', 'pe:6855580645f000:a.exe'],
    ['a.exe/6855580645f000/a.ex_', 'pe:6855580645f000:a.exe'],
    ['a.exe/6855580645f000/a.sym', 'breakpad-code:6855580645F000:a.exe'],
    [`a.exe/${GUID}1/a.exe`, `path:a.exe/${GUID.toLowerCase()}1/a.exe`],
    [`a.exe/${GUID}1/a.exe.sym`, `breakpad:${GUID}:1`],
  ])('%s is first looked up as %s', (path, identity) => {
    expect(firstOf(path)).toEqual([identity])
  })
})

test('an age of digits alone is hex first and LLDB`s decimal afterwards', () => {
  const guid = '497B72F6390A44FC878E5A2D63B6CC4B'
  const keys = parse(`a.pdb/${guid}32/a.pdb`).identities.map(identityKey)
  expect(keys.indexOf(`pdb:${guid}:32`)).toBe(0)
  expect(keys.indexOf(`pdb:${guid}:20`)).toBeGreaterThan(0)
})
