import type { ArchiveFormat } from './archive-format.ts'
import { isCpio } from './is-cpio.ts'
import { parseTarHeader } from './tar-header.ts'

interface Signature {
  readonly format: ArchiveFormat
  /** Where the bytes stand; 0 when not said. */
  readonly at?: number
  /** Any of these, in Latin-1. */
  readonly bytes: readonly string[]
}

/** A skippable frame's magic is any of sixteen (RFC 8878 3.1.2); parallel compressors write one first. */
const ZSTD_SKIPPABLE = Array.from(
  { length: 16 },
  (_, low) => `${String.fromCodePoint(0x50 + low)}\x2a\x4d\x18`,
)

const SIGNATURES: readonly Signature[] = [
  // Local header, end record of an empty archive, marks of split and once-split archives (APPNOTE 8.5).
  { format: 'zip', bytes: ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08', 'PK00PK\x03\x04'] },
  { format: 'gzip', bytes: ['\x1f\x8b\x08'] },
  { format: '7z', bytes: ['7z\xbc\xaf\x27\x1c'] },
  { format: 'xz', bytes: ['\xfd7zXZ\0'] },
  // The mark of the first block or of the end, for a text may well begin with "BZh1".
  { format: 'bzip2', at: 4, bytes: ['1AY&SY', '\x17rE8P\x90'] },
  { format: 'zstd', bytes: ['\x28\xb5\x2f\xfd', ...ZSTD_SKIPPABLE] },
  { format: 'lz4', bytes: ['\x04\x22\x4d\x18'] },
  { format: 'rar', bytes: ['Rar!\x1a\x07\0', 'Rar!\x1a\x07\x01\0'] },
  { format: 'cab', bytes: ['MSCF\0\0\0\0'] },
  { format: 'ar', bytes: ['!<arch>\n', '!<thin>\n'] },
  { format: 'lzip', bytes: ['LZIP\0', 'LZIP\x01'] },
  { format: 'lzop', bytes: ['\x89LZO\0\r\n\x1a\n'] },
  { format: 'compress', bytes: ['\x1f\x9d'] },
  { format: 'xar', bytes: ['xar!\0\x1c\0\x01'] },
  { format: 'wim', bytes: ['MSWIM\0\0\0'] },
  { format: 'lha', at: 2, bytes: ['-lh0-', '-lh1-', '-lh4-', '-lh5-', '-lh6-', '-lh7-', '-lhd-'] },
]

const TAR_BLOCK_BYTES = 512
const TAR_MAGIC = Buffer.from('ustar')
const TAR_MAGIC_AT = 257

/** Where an ISO 9660 image has its first volume descriptor (ECMA-119 8.1), and how that begins. */
const ISO_AT = 32_768
const ISO_MAGIC = '\x01CD001\x01'
/** Images that can be started from a USB stick begin with a boot sector, all others with zeros. */
const ISO_START_BYTES = 512

/**
 * Names the archive format of a file from its first 36 KiB (or all, if shorter), or undefined when it is
 * no archive that symgate knows. Less is enough for most: 512 bytes for a tar, a few for others; an ISO
 * image and a cpio with a long first name need all.
 *
 * A tar is known by its magic or by its header's checksum alone, so the old formats without a magic
 * count too; an all-zero head (an empty tar) has neither and is undefined. What is named `7z`, `cpio`, `iso`, `rar`
 * or `xar` begins in a way that no text does, nor any compression that libarchive knows: it can only be
 * taken for that by the tool that reads it (docs/decisions/0013).
 */
export function detectFormat(head: Uint8Array): ArchiveFormat | undefined {
  const text = Buffer.from(head.subarray(0, 16)).toString('latin1')
  const known = SIGNATURES.find(({ at = 0, bytes }) =>
    bytes.some((magic) => text.startsWith(magic, at)),
  )
  if (known !== undefined) return known.format
  if (isCpio(head)) return 'cpio'
  if (isIso(head)) return 'iso'
  // A damaged tar is still one, where its magic says so.
  if (Buffer.from(head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5)).equals(TAR_MAGIC)) return 'tar'
  if (head.length < TAR_BLOCK_BYTES) return undefined
  return parseTarHeader(head.subarray(0, TAR_BLOCK_BYTES)) === undefined ? undefined : 'tar'
}

function isIso(head: Uint8Array): boolean {
  const magic = Buffer.from(head.subarray(ISO_AT, ISO_AT + ISO_MAGIC.length)).toString('latin1')
  return magic === ISO_MAGIC && head.subarray(0, ISO_START_BYTES).every((byte) => byte === 0)
}
