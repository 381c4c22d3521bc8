import { describe, expect, it } from 'vitest'
import { parseEntryPath } from '../../src/archives/entry-path.ts'

describe('parseEntryPath', () => {
  it.each([
    ['a.pdb', 'a.pdb'],
    ['./a/./b//c.pdb', 'a/b/c.pdb'],
    ['a\\b\\c.pdb', 'a/b/c.pdb'],
    ['..a/b..', '..a/b..'],
    ['ü/日本語.pdb', 'ü/日本語.pdb'],
  ])('reads %s as a file', (stored, path) => {
    expect(parseEntryPath(stored)).toEqual({ path, folder: false })
  })

  it.each([
    ['a/', 'a'],
    ['a\\b\\', 'a/b'],
    ['./', ''],
    ['.', ''],
    ['a/.', 'a'],
  ])('reads %s as a folder', (stored, path) => {
    expect(parseEntryPath(stored)).toEqual({ path, folder: true })
  })

  it.each([
    ['', 'entry "": the name is empty'],
    ['/etc/x', 'entry "/etc/x": the path is absolute'],
    ['C:\\x', 'entry "C:\\\\x": the path is absolute'],
    ['c:x', 'entry "c:x": the path is absolute'],
    ['\\\\server\\x', 'entry "\\\\\\\\server\\\\x": the path is absolute'],
    ['a/../b', 'entry "a/../b": the path climbs out of the archive by ".."'],
    ['a\\..', 'entry "a\\\\..": the path climbs out of the archive by ".."'],
    ['a\0.pdb', 'entry "a\\u0000.pdb": the name holds a control character'],
    ['a\u009b31m', 'entry "a\\u009b31m": the name holds a control character'],
    ['é'.repeat(2049), `entry "${'é'.repeat(200)}…": the name is longer than 4096 bytes`],
    ['/\u202egpj', 'entry "/\\u202egpj": the path is absolute'],
  ])('refuses %j', (stored, message) => {
    expect(() => parseEntryPath(stored)).toThrow(
      expect.objectContaining({ code: 'archive_hostile', message }),
    )
  })
})
