import { describe, expect, test } from 'vitest'
import { identityKey, type Identity } from '../../src/symbols/identity.ts'
import { keys } from '../../src/symbols/keys.ts'
import { parseSymbolPath, type SymbolPath } from '../../src/symbols/symbol-path.ts'

const GUID = '3249D99D0C4049318610F4E4FB0B6936'
const PATH = `crash.pdb/${GUID}1/crash.pdb`
const BUILD_ID = 'a8e62c7372b481b719bdea46a8ac6ca372f21209'
const UUID = '67E9247C814E392BA027DBDE6748FCBF'

function parse(path: string): SymbolPath {
  const match = parseSymbolPath(path.split('/'))
  if (match.kind !== 'symbol') throw new Error(`${path} is ${match.kind}`)
  return match.path
}

const identitiesOf = (path: string): string[] => parse(path).identities.map(identityKey)

describe('the shapes of a symbol path', () => {
  test('keeps name, id and file as the client wrote them', () => {
    expect(parse(`Crash.PDB/${GUID.toLowerCase()}01/crash.pdb`)).toMatchObject({
      name: 'Crash.PDB',
      id: `${GUID.toLowerCase()}01`,
      file: 'crash.pdb',
      form: 'plain',
      storePath: `Crash.PDB/${GUID}1/Crash.PDB`,
      canonical: PATH.toLowerCase(),
    })
  })

  test.each([[`cr/${PATH}`], [`CR/${PATH}`], [`cr/CRASH.pdb/${GUID}1/crash.PDB`]])(
    'reads the two-tier %s as the single-tier path',
    (path) => {
      expect(parse(path).canonical).toBe(PATH.toLowerCase())
    },
  )

  test.each([
    [`_/_.debug/elf-buildid-sym-${BUILD_ID}/_.debug`, '_.debug'],
    [`x/x/5AB380779000/x`, 'x'],
    [`xy/xy/5AB380779000/xy`, 'xy'],
    [`t/t.pdb/${GUID}1/t.pdb`, 't.pdb'],
    [`ab/ab.dll/5AB380779000/ab.dll`, 'ab.dll'],
  ])('knows the prefix of %s', (path, name) => {
    expect(parse(path).name).toBe(name)
  })

  test.each([
    [`cr/${PATH}/extra`],
    [`c/${PATH}`],
    [`cra/${PATH}`],
    [`xx/${PATH}`],
    [`_./_.debug/elf-buildid-sym-${BUILD_ID}/_.debug`],
    [`single/${PATH}`],
    [`crash.pdb/${GUID}1/other.pdb`],
    [`crash.pdb/${GUID}1/crash.pd`],
    [`crash.pdb/${GUID}1/crash.p_b`],
    [`crash.pdb/${GUID}1/crash.pdb_`],
    [`crash.pdb/${GUID}1/crash`],
    [`crash.pdb/${GUID}1/index2.txt`],
    [`crash.pdb/${GUID}1/refs.ptr`],
    [`crash.pdb/${GUID}1`],
    [`${GUID}1/crash.pdb`],
    ['crash.pdb'],
    [''],
    ['//'],
    [`/${GUID}1/`],
    ['api/v1/uploads'],
    ['api/v1/api'],
    [`buildid/${BUILD_ID}/debuginfo`],
    [`v1/symbols/crash.pdb/${GUID}1:checkStatus`],
    [`crash.pdb/${GUID}1/msfz0`],
    [`crash.pdb/${GUID}1/msfz0/crash.pd_`],
    [`crash.pdb/${GUID}1/msfz0/file.ptr`],
    [`crash.pdb/${GUID}1/msfz1/crash.pdb`],
  ])('takes %s for something else', (path) => {
    expect(parseSymbolPath(path.split('/'))).toEqual({ kind: 'none' })
  })

  test.each([
    [`crash.pdb/5AB380779000123456/crash.pdb`],
    [`crash.dll/5AB38077/crash.dll`],
    [`crash.dll/${BUILD_ID}00/crash.dll`],
    [`crash.pdb/${GUID}${GUID}/crash.pdb`],
    [`main.wasm/${GUID}11111/main.wasm.sy`],
  ])('finds no id for such a name in %s', (path) => {
    expect(parseSymbolPath(path.split('/'))).toEqual({ kind: 'none' })
  })
})

describe('the forms of a symbol path', () => {
  test.each([
    ['foo.pdb', 'foo.pdb', 'plain'],
    ['foo.pdb', 'FOO.PDB', 'plain'],
    ['foo.pdb', 'foo.pd_', 'compressed'],
    ['libfoo.so', 'libfoo.s_', 'compressed'],
    ['dotnet', 'dotne_', 'compressed'],
    ['x', '_', 'compressed'],
    ['foo😀', 'foo_', 'compressed'],
    ['foo_', 'foo_', 'plain'],
    ['foo.pdb', 'foo.sym', 'breakpad'],
    ['foo.pdb', 'FOO.SYM', 'breakpad'],
    ['foo.pdb', 'foo.pdb.sym', 'breakpad'],
    ['foo.exe', 'foo.sym', 'breakpad'],
    ['foo.dll', 'foo.dll.sym', 'breakpad'],
    ['libfoo.so', 'libfoo.so.sym', 'breakpad'],
    ['libfoo.so', 'libfoo.sym', 'breakpad'],
    ['foo', 'foo.sym', 'breakpad'],
    ['foo.sym', 'foo.sym', 'plain'],
    ['foo.pdb', 'foo.src.zip', 'source-bundle'],
    ['foo.pdb', 'foo.pdb.src.zip', 'source-bundle'],
    ['foo.pdb', 'file.ptr', 'pointer'],
    ['foo.pdb', 'File.Ptr', 'pointer'],
  ])('of %s the file %s is the %s one', (name, file, form) => {
    expect(parse(`${name}/${GUID}1/${file}`)).toMatchObject({ form, file })
  })

  test.each([
    [`crash.pdb/${GUID}1/msfz0/crash.pdb`],
    [`crash.pdb/${GUID}1/MSFZ0/Crash.pdb`],
    [`cr/crash.pdb/${GUID}1/msfz0/crash.pdb`],
  ])('knows the MSFZ form %s', (path) => {
    const canonical = `crash.pdb/${GUID}1/msfz0/crash.pdb`.toLowerCase()
    expect(parse(path)).toMatchObject({ form: 'msfz', canonical })
  })

  test.each([
    ['foo.pdb', 'foo.pd_', `foo.pdb/${GUID}1/foo.pd_`],
    ['Foo.pdb', 'foo.pdb.SYM', `Foo.pdb/${GUID}1/Foo.sym`],
    ['foo.exe', 'foo.sym', `foo.exe/${GUID}1/foo.sym`],
    ['foo.exe', 'foo.exe.sym', `foo.exe/${GUID}1/foo.exe.sym`],
    ['foo.pdb', 'FILE.ptr', `foo.pdb/${GUID}1/file.ptr`],
    ['foo.pdb', 'foo.src.zip', `foo.pdb/${GUID}1/foo.src.zip`],
  ])('files %s as %s under %s', (name, file, storePath) => {
    expect(parse(`${name}/${GUID.toLowerCase()}1/${file}`).storePath).toBe(storePath)
  })

  test('tells the forms of one symbol apart', () => {
    const files = ['foo.pdb', 'foo.pd_', 'foo.sym', 'file.ptr', 'foo.src.zip', 'msfz0/foo.pdb']
    const canonical = files.map((file) => parse(`foo.pdb/${GUID}1/${file}`).canonical)
    expect(new Set(canonical).size).toBe(files.length)
  })

  test('looks the plain file up for its compressed form and its pointer', () => {
    const plain = identitiesOf(`foo.pdb/${GUID}1/foo.pdb`)
    expect(identitiesOf(`foo.pdb/${GUID}1/foo.pd_`)).toEqual(plain)
    expect(identitiesOf(`foo.pdb/${GUID}1/file.ptr`)).toEqual(plain)
  })

  test.each(['foo.src.zip', 'msfz0/foo.pdb'])('never answers %s with the plain file', (file) => {
    const path = `foo.pdb/${GUID}1/${file}`
    expect(identitiesOf(path)).toEqual([`path:${path.toLowerCase()}`])
  })
})

describe('the identities of a symbol path', () => {
  const G = '3249d99d0c4049318610f4e4fb0b6936'
  test.each([
    ['hex ages', `a.pdb/${GUID}1c/a.pdb`, [`pdb:${GUID}:1c`, `portable-pdb:${GUID}`]],
    [
      'LLDB ages',
      `a.pdb/${GUID}20/a.pdb`,
      [`pdb:${GUID}:20`, `portable-pdb:${GUID}`, `pdb:${GUID}:14`],
    ],
    ['no age', `a.pdb/${GUID}/a.pdb`, [`pdb:${GUID}:0`, `portable-pdb:${GUID}`]],
    [
      'ages too long for hex',
      `a.pdb/${GUID}4294967294/a.pdb`,
      [`pdb:${GUID}:fffffffe`, `portable-pdb:${GUID}`],
    ],
    [
      'portable PDBs',
      `a.pdb/${GUID}ffffffff/a.pdb`,
      [`portable-pdb:${GUID}`, `pdb:${GUID}:ffffffff`],
    ],
    ['PDB 2.00', 'a.pdb/3A5B7C9D5/a.pdb', ['pdb20:3A5B7C9D:5']],
    ['PDB 2.00 without age', 'a.pdb/3A5B7C9D/a.pdb', ['pdb20:3A5B7C9D:0']],
    ['images', 'A.DLL/afbf9ef6354000/a.dll', ['pe:AFBF9EF6354000:a.dll']],
    ['images by the id of their PDB', `a.dll/${GUID}1/a.dll`, []],
    ['DBG files', 'a.dbg/37CDB03962040/a.dbg', ['pe:37CDB03962040:a.dbg']],
    ['Breakpad files', `a.pdb/${GUID}1c/a.sym`, [`breakpad:${GUID}:1c`]],
    ['Breakpad files of images', `a.dll/${GUID}1/a.sym`, [`breakpad:${GUID}:1`]],
    [
      'Breakpad files by code id',
      'XUL.dll/652de0ed706d000/xul.sym',
      ['breakpad-code:652DE0ED706D000:xul.dll'],
    ],
    [
      'Breakpad files by build-id',
      `libc.so.6/${BUILD_ID}/libc.so.6.sym`,
      [
        `breakpad-code:${BUILD_ID.toUpperCase()}:libc.so.6`,
        'breakpad:732CE6A8B472B78119BDEA46A8AC6CA3:0',
        'breakpad:A8E62C7372B481B719BDEA46A8AC6CA3:72f21209',
      ],
    ],
    ['ELF images', `a.so/elf-buildid-${BUILD_ID}/a.so`, [`elf:${BUILD_ID}`]],
    ['ELF debug files', `_.debug/elf-buildid-sym-${BUILD_ID}/_.debug`, [`elf-debug:${BUILD_ID}`]],
    ['ELF images whatever their name', `_/elf-buildid-${BUILD_ID}/_`, [`elf:${BUILD_ID}`]],
    [
      'padded build-ids',
      `_.debug/elf-buildid-sym-4e8ab7b46733300${'0'.repeat(25)}/_.debug`,
      [
        `elf-debug:4e8ab7b46733300${'0'.repeat(25)}`,
        `elf-debug:4e8ab7b46733300${'0'.repeat(17)}`,
        'elf-debug:4e8ab7b467333000',
        'elf-debug:4e8ab7b4673330',
      ],
    ],
    ['Mach-O images', `a/mach-uuid-${UUID.toLowerCase()}/a`, [`macho:${UUID}`]],
    ['Mach-O dSYMs', `_.dwarf/mach-uuid-sym-${UUID}/_.dwarf`, [`macho-debug:${UUID}`]],
    [
      'wasm',
      'a.wasm/14451834ad25a0ce733f9dd172ee0604954ae9da6c/a.wasm',
      ['wasm:14451834ad25a0ce733f9dd172ee0604954ae9da6c'],
    ],
    ['wasm with 16 bytes', `a.wasm/${GUID}/a.wasm`, [`wasm:${G}`]],
    ['wasm by debug id', `a.wasm/${GUID}0/a.wasm`, [`wasm:${G}`]],
    [
      'CLR helpers of Windows',
      'mscordaccore.dll/542d574200032000/mscordaccore.dll',
      ['pe:542D574232000:mscordaccore.dll'],
    ],
    [
      'CLR helpers of Linux',
      `libmscordaccore.so/elf-buildid-coreclr-${BUILD_ID}/libmscordaccore.so`,
      [],
    ],
    ['sources', `a.cs/sha1-${BUILD_ID}/a.cs`, []],
  ])('for %s', (_, path, expected) => {
    const { identities, canonical } = parse(path)
    expect(identities.map(identityKey)).toEqual([...expected, `path:${canonical}`])
  })

  test.each([
    [
      'ELF by raw build-id',
      `libc.so.6/${BUILD_ID.toUpperCase()}/libc.so.6`,
      [`elf:${BUILD_ID}`, `elf-debug:${BUILD_ID}`],
    ],
    [
      'ELF by the debug id of a short build-id',
      'a/B4B78A4E3367F03000000000000000000/a',
      ['elf:4e8ab7b4673330f0'],
    ],
    ['Mach-O by UUID', `crash/${UUID}/crash`, [`macho:${UUID}`, `macho-debug:${UUID}`]],
    ['Mach-O by debug id', `crash/${UUID}0/crash`, [`macho:${UUID}`, `macho-debug:${UUID}`]],
    ['portable PDBs of another name', `a.pdbx/${GUID}FFFFFFFF/a.pdbx`, [`portable-pdb:${GUID}`]],
    ['images of another name', 'a.node/5AB380779000/a.node', ['pe:5AB380779000:a.node']],
    [
      'images without extension',
      'a/5AB3807710000000/a',
      ['pe:5AB3807710000000:a', 'elf:5ab3807710000000'],
    ],
  ])('has among others, where the name leaves it open, %s', (_, path, expected) => {
    expect(identitiesOf(path)).toEqual(expect.arrayContaining(expected))
  })

  test('are few, whatever the id', () => {
    const id = `${'1'.repeat(2)}${'00'.repeat(15)}`
    const lengths = [id, `${id}0`, `${id}00000000`].map(
      (each) => identitiesOf(`a/${each}/a`).length,
    )
    expect(Math.max(...lengths)).toBeLessThanOrEqual(16)
  })

  const identities: Identity[] = [
    { kind: 'pdb', guid: GUID, age: 0 },
    { kind: 'pdb', guid: GUID, age: 10 },
    { kind: 'pdb', guid: GUID, age: 0xffff_fffe },
    { kind: 'portable-pdb', guid: GUID },
    { kind: 'pdb20', signature: 0xa, age: 0 },
    { kind: 'pdb20', signature: 0x3a5b7c9d, age: 0x12 },
    { kind: 'pe', name: 'lib.pdb.dll', timestamp: 0, sizeOfImage: 0x400 },
    { kind: 'elf', buildId: BUILD_ID },
    { kind: 'elf', buildId: '4e8ab7b4673330f0' },
    { kind: 'elf-debug', buildId: 'a1' },
    { kind: 'elf-debug', buildId: '00112233445566778899aabbccddeeff'.repeat(2) },
    { kind: 'macho', uuid: UUID },
    { kind: 'macho-debug', uuid: UUID },
    { kind: 'breakpad', guid: GUID, age: 0 },
    { kind: 'breakpad', guid: GUID, age: 28 },
    { kind: 'breakpad-code', name: 'lib.pdb.dll', codeId: '652DE0ED706D000' },
    { kind: 'breakpad-code', name: 'libc.so.6', codeId: BUILD_ID.toUpperCase() },
    { kind: 'wasm', buildId: 'bda18fd85d4a4eb893022d6bfad846b1' },
    { kind: 'wasm-debug', buildId: 'bda18fd85d4a4eb893022d6bfad846b1' },
  ]
  const names: Partial<Record<Identity['kind'], string>> = {
    pe: 'Lib.pdb.dll',
    wasm: 'Main.wasm',
    'wasm-debug': 'Main.debug.wasm',
  }
  test.each(identities.map((identity) => [identityKey(identity), identity] as const))(
    'hold %s, in every path that such a file has',
    (key, identity) => {
      const paths = keys([identity], names[identity.kind] ?? 'Lib.pdb')
      expect(paths).not.toEqual([])
      for (const path of paths) expect(identitiesOf(path)).toContain(key)
    },
  )
})

test('a store path is itself the best spelling of the request', () => {
  const paths = [
    PATH,
    `a.pdb/${GUID}0/a.sym`,
    `a.pdb/${GUID}00000000/a.pdb`,
    `a.pdb/${GUID}1000000000/a.pdb`,
    `a.pdb/${GUID}/a.sym`,
    'a.dll/5ab3807700009000/A.DLL',
    'a/5ab38077000000/a',
    'a.dll/5ab380779000/a.sym',
    `crash/${UUID}0/crash`,
    `crash/${UUID}/crash`,
    `crash/${UUID}00/crash`,
    `crash/${UUID}00000000/crash`,
    `a.so/elf-buildid-a1/a.so`,
    `a.pdbx/${GUID}ffffffff/a.pdbx`,
    `a.wasm/14${BUILD_ID}/a.wasm`,
    `a.pdb/${GUID}1/msfz0/a.pdb`,
  ]
  for (const path of paths) {
    const { storePath, canonical } = parse(path)
    expect(parse(storePath)).toMatchObject({ storePath, canonical })
  }
})
