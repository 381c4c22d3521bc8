import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeBody } from '../../src/upstream/decode-body.ts'
import { noise } from '../helpers/noise.ts'

const text = Buffer.from('Microsoft C/C++ MSF 7.00 and so on. '.repeat(10_000))

describe('a body', () => {
  it.each([
    ['', text],
    ['identity', text],
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    // RFC 8878 §3.1 and RFC 1952 §2.2: several frames or members make one body.
    ['gzip', Buffer.concat([gzipSync(text.subarray(0, 1000)), gzipSync(text.subarray(1000))])],
  ])('is decoded from %j', async (encoding, sent) => {
    const body = decodeBody(Readable.from([sent]), encoding)
    expect(body && (await buffer(body)).equals(text)).toBe(true)
  })

  it.each(['br', 'deflate', 'gzip, gzip'])('is not decoded from %s', (encoding) => {
    expect(decodeBody(Readable.from([text]), encoding)).toBeUndefined()
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('that is a bomb of %s is cut off long before its end', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(256 << 20))
    const body = decodeBody(Readable.from([bomb]), encoding)
    let bytes = 0
    body?.on('data', (chunk: Buffer) => (bytes += chunk.byteLength))
    const error = await new Promise((resolve) => body?.once('error', resolve))
    expect(String(error)).toContain('grows more than 300 times')
    expect(bytes).toBeLessThan(70 << 20)
  })

  it('that is large and sparse is none', async () => {
    const sparse = Buffer.concat([noise(2 << 20), Buffer.alloc(98 << 20)])
    const body = decodeBody(Readable.from([gzipSync(sparse)]), 'gzip')
    expect(body && (await buffer(body)).equals(sparse)).toBe(true)
  })
})
