import { describe, expect, it } from 'vitest'
import { sniff } from '../../../src/symbols/formats/sniff.ts'

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

describe('sniff', () => {
  it.each([
    ['Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0', 'msf7'],
    ['Microsoft C/C++ program database 2.00\r\n\x1aJG\0\0', 'msf2'],
    ['Microsoft MSFZ Container\r\n\x1aALD\0\0', 'msfz'],
    ['BSJB', 'metadata'],
    ['MZ', 'mz'],
    ['\x7fELF', 'elf'],
    ['\xcf\xfa\xed\xfe', 'macho'],
    ['\xfe\xed\xfa\xce', 'macho'],
    ['\xca\xfe\xba\xbe\0\0\0\x02', 'macho-fat'],
    ['\xca\xfe\xba\xbf\0\0\0\x02', 'macho-fat'],
    ['\0asm\x01\0\0\0', 'wasm'],
    ['MODULE Linux x86_64 0123 a', 'breakpad'],
    ['\xef\xbb\xbfMODULE Linux x86_64 0123 a', 'breakpad'],
    ['STACK CFI INIT 1f10 2a .cfa: $rsp 8 +', 'breakpad'],
  ])('tells %j as %s', (head, format) => {
    expect(sniff(latin1(head))).toBe(format)
  })

  it.each([
    ['a Java class file', '\xca\xfe\xba\xbe\0\0\0\x34'],
    ['a cut magic of a PDB', 'Microsoft C/C++ MSF'],
    ['text that begins like a DBG file', `DIARY OF A DEVELOPER, ${'.'.repeat(60)}`],
    ['a Fortran source', 'MODULE solver\n  IMPLICIT NONE\n'],
    ['a cue sheet', 'FILE "disc.wav" WAVE\n'],
    ['a web page', '<!DOCTYPE html>'],
    ['JSON', '{"a": 1}'],
    ['nothing', ''],
  ])('takes %s for no symbol file', (_, head) => {
    expect(sniff(latin1(head))).toBeUndefined()
  })

  it('knows a MODULE line that does not end', () => {
    expect(sniff(Buffer.alloc(5000, 'MODULE A'))).toBe('breakpad')
  })
})
