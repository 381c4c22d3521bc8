import { describe, expect, test } from 'vitest'
import { parseSymbolPath } from '../../src/symbols/symbol-path.ts'

const ID = '497B72F6390A44FC878E5A2D63B6CC4B1'

describe('a symbol path around a hostile name is malformed', () => {
  test.each([
    '.',
    '..',
    '...',
    'a.pdb.',
    'a.pdb ',
    ' ',
    '..\\..\\a.pdb',
    'C:\\src\\out\\a.pdb',
    'c:a.pdb',
    'a.pdb:stream',
    'a/b.pdb',
    'a\0.pdb',
    'a\n.pdb',
    '\u007f.pdb',
    'a\u0085.pdb',
    '\ud800.pdb',
    'a.pdb\udc00',
    `${'n'.repeat(252)}.pdb`,
    `${'é'.repeat(126)}.pdb`,
    'CON',
    'con.pdb',
    'Nul.tar.gz',
    'AUX .pdb',
    'prn.dll',
    'COM1',
    'com0.pdb',
    'lpt9.sys',
    'COM¹.pdb',
    'CONIN$',
    'conout$.txt',
    '000Admin',
    '000ADMIN',
    '.symgate',
    '.SymGate',
    'web.config',
    'index2.txt',
    'pingme.txt',
    'file.ptr',
    'refs.ptr',
  ])('%j', (name) => {
    expect(parseSymbolPath([name, ID, name])).toEqual({ kind: 'malformed' })
    const compressed = name.replace(/.$/su, '_')
    expect(parseSymbolPath([name, ID, compressed]).kind).not.toBe('symbol')
    expect(parseSymbolPath([name, ID, `${name}.sym`])).toEqual({ kind: 'malformed' })
    expect(parseSymbolPath([name, ID, 'file.ptr'])).toEqual({ kind: 'malformed' })
    expect(parseSymbolPath([name, ID, 'msfz0', name])).toEqual({ kind: 'malformed' })
    expect(parseSymbolPath([name.slice(0, 2), name, ID, name]).kind).not.toBe('symbol')
  })

  test('as is one around a file that only its suffix makes too long', () => {
    const name = 'n'.repeat(255)
    expect(parseSymbolPath([name, ID, name]).kind).toBe('symbol')
    expect(parseSymbolPath([name, ID, `${name}.sym`])).toEqual({ kind: 'malformed' })
  })
})

test.each([
  'libgallium-24.2.8-1~bpo12+rpt1.so',
  'name with spaces (x64).pdb',
  'Ünïcödé.pdb',
  '日本語.dll.pdb',
  'contoso.pdb',
  'null.pdb',
  'com10.pdb',
  'auxiliary.dll.pdb',
  'my.web.config.pdb',
  '.hidden',
  '-dash',
  '~$a.pdb',
  '%2e%2e',
  'a..b.pdb',
  '[vdso]',
])('a symbol may be called %j', (name) => {
  expect(parseSymbolPath([name, ID, name])).toMatchObject({ kind: 'symbol', path: { name } })
})

test.each([
  ['0'.repeat(33)],
  ['0'.repeat(32)],
  [`${'0'.repeat(32)}1`],
  [`${'0'.repeat(32)}FFFFFFFF`],
  ['FFFFFFFF'],
  ['F'.repeat(40)],
  [`${'F'.repeat(32)}1`],
  ['00000000'],
  ['0000000000'],
  [`elf-buildid-${'0'.repeat(40)}`],
  [`mach-uuid-${'0'.repeat(32)}`],
])('the bogus id %s makes every path malformed', (id) => {
  for (const [name, file] of [
    ['a.pdb', 'a.pdb'],
    ['a.dll', 'a.sym'],
    ['liba.so', 'liba.s_'],
    ['a.exe', 'file.ptr'],
  ] as const) {
    expect(parseSymbolPath([name, id, file])).toEqual({ kind: 'malformed' })
  }
})
