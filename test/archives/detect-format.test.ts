import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { detectFormat } from '../../src/archives/detect-format.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'

const bytes = (latin1: string): Buffer => Buffer.from(latin1, 'latin1')

function cpio(magic: string, name: string): Buffer {
  return bytes(`${magic}${'0'.repeat(104)}${name}\0`)
}

function iso(first: number): Buffer {
  const image = Buffer.alloc(36 << 10)
  image[0] = first
  image.write('\x01CD001\x01', 32_768, 'latin1')
  return image
}

describe('detectFormat', () => {
  it.each([
    ['zip', makeZip([{ name: 'a', data: 'x' }])],
    ['zip', makeZip([])],
    ['gzip', gzipSync('x')],
    ['tar', makeTar([{ name: 'a', data: 'x' }])],
    ['tar', makeTar([{ name: 'a', data: 'x', magic: '' }])],
    ['tar', makeTar([{ name: 'a', data: 'x', magic: 'ustar  \0' }])],
    ['tar', makeTar([{ name: bytes('\xfcber.pdb'), signedChecksum: true }])],
    ['tar', makeTar([{ name: 'a', badChecksum: true }])],
    ['zstd', zstdCompressSync('x')],
    ['zstd', bytes('\x5e\x2a\x4d\x18\0\0\0\0')],
    ['7z', bytes('7z\xbc\xaf\x27\x1c\0\x04')],
    ['xz', bytes('\xfd7zXZ\0\0\x04')],
    ['bzip2', bytes('BZh91AY&SY')],
    ['rar', bytes('Rar!\x1a\x07\x01\0')],
    ['cab', bytes('MSCF\0\0\0\0')],
    ['cpio', cpio('070701', '00000002')],
    ['cpio', bytes(`070707${'0'.repeat(70)}a.pdb\0`)],
    ['xar', bytes('xar!\0\x1c\0\x01')],
    ['iso', iso(0)],
    ['ar', bytes('!<arch>\n')],
    ['lzip', bytes('LZIP\x01')],
    ['compress', bytes('\x1f\x9d\x90')],
    ['lha', bytes('\x20\x30-lh5-')],
  ])('names a %s', (format, head) => {
    expect(detectFormat(head.subarray(0, 36 << 10))).toBe(format)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(512)],
    ['a text that begins like bzip2', bytes('BZh1 is how it begins')],
    [
      'an old tar header with a wrong checksum',
      makeTar([{ name: 'a', magic: '', badChecksum: true }]),
    ],
    ['a cpio whose first name spans lines', cpio('070701', 'a\nbegin 644 b\n')],
    ['a cpio with a header of other things', bytes(`070701${'x'.repeat(104)}a\0`)],
    ['an ISO image that begins with something', iso(0x23)],
    ['an mtree text', bytes('#mtree\n./a type=file contents=/etc/passwd\n')],
    ['a cut old tar header', makeTar([{ name: 'a', magic: '' }]).subarray(0, 511)],
    ['raw deflate', deflateRawSync('x')],
    ['a Breakpad file', bytes('MODULE Linux x86_64 0 a.so\n'.repeat(30))],
  ])('knows no archive in %s', (_what, head) => {
    expect(detectFormat(head.subarray(0, 36 << 10))).toBeUndefined()
  })
})
