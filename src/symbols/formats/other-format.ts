/** First bytes (Latin-1), where they lie if not at the start, and what they begin. */
const FORMATS: readonly { readonly magic: string; readonly at?: number; readonly what: string }[] =
  [
    { magic: 'PK\x03\x04', what: 'a zip archive' },
    { magic: 'PK\x05\x06', what: 'an empty zip archive' },
    { magic: '\x1f\x8b', what: 'gzip-compressed data' },
    { magic: 'MSCF', what: 'a cabinet' },
    { magic: 'SZDD\x88\xf0\x27\x33', what: 'an MS-DOS COMPRESS file' },
    { magic: 'KWAJ\x88\xf0\x27\xd1', what: 'an MS-DOS COMPRESS file' },
    { magic: '7z\xbc\xaf\x27\x1c', what: 'a 7z archive' },
    { magic: '\xfd7zXZ\0', what: 'xz-compressed data' },
    { magic: 'BZh', what: 'bzip2-compressed data' },
    { magic: '\x28\xb5\x2f\xfd', what: 'zstd-compressed data' },
    { magic: 'Rar!\x1a\x07', what: 'a RAR archive' },
    { magic: 'ustar', at: 257, what: 'a tar archive' },
    { magic: '!<arch>\n', what: 'a static library' },
    { magic: '!<thin>\n', what: 'a static library' },
    { magic: '\0\x05\x16\x07', what: 'an AppleDouble file' },
    { magic: '\xca\xfe\xba\xbe', what: 'a Java class file' },
    { magic: 'MDMP', what: 'a minidump' },
    { magic: 'SYSB', what: 'a source bundle' },
    { magic: '\x14\xa6\x7f\xfd\x23\x26\xe8\x45', what: 'a Mono .mdb file' },
  ]
const HEAD_BYTES = 264

/** What a file that is no symbol file is instead, as far as its first bytes (264 or all) tell; undefined when they do not. */
export function otherFormat(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1')
  return FORMATS.find(({ magic, at = 0 }) => start.startsWith(magic, at))?.what
}
