import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { GrowingFile } from '../../src/lookup/growing-file.ts'
import { receiveBody, type ReceiveOptions } from '../../src/lookup/receive-body.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HEAD = 4096
const room = { fits: async () => true, take: async () => true }
const TAIL = 65_536

interface Seen {
  readonly heads: number[]
  readonly announced: { readonly written: number; readonly released: number }[]
}

async function receiving(
  body: Readable,
  options: Partial<Pick<ReceiveOptions, 'size' | 'maxBytes' | 'headFits'>> = {},
) {
  const path = join(tempDir(), 'fill')
  const file = await GrowingFile.create(path)
  onTestFinished(() => file.fail(new Error('the test is over')))
  const seen: Seen = { heads: [], announced: [] }
  const done = receiveBody({
    body,
    size: undefined,
    maxBytes: Infinity,
    file,
    room,
    headFits: (head) => {
      seen.heads.push(head.byteLength)
      return true
    },
    announce: () => void seen.announced.push({ written: file.written, released: file.released }),
    ...options,
  })
  return { path, file, seen, done }
}

const chunks = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.byteLength / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
    { objectMode: false },
  )

/** Waits until the file has taken in so many bytes. */
async function written(file: GrowingFile, bytes: number): Promise<void> {
  await vi.waitFor(() => expect(file.written).toBe(bytes), { interval: 5 })
}

describe('receiveBody', () => {
  it.each([1000, 4096, 5000, 100_000, 1_000_000])(
    'writes the whole of a body that comes in pieces of %d bytes and judges its head once',
    async (size) => {
      const bytes = randomBytes(300_000)
      const { path, done, seen, file } = await receiving(chunks(bytes, size), { size: 300_000 })
      expect(await done).toBeUndefined()
      expect(readFileSync(path).equals(bytes)).toBe(true)
      expect(seen.heads).toHaveLength(1)
      expect(seen.heads[0]).toBeGreaterThanOrEqual(HEAD)
      expect(seen.heads[0]).toBeLessThan(2 * HEAD)
      expect(file.released).toBe(300_000 - TAIL)
    },
  )

  it('shows nothing before the first 4 KiB fit, and never the last 64 KiB', async () => {
    const body = new PassThrough()
    const { file, seen, done } = await receiving(body)
    body.write(Buffer.alloc(HEAD - 1))
    await written(file, HEAD - 1)
    expect([seen.heads, seen.announced, file.released]).toEqual([[], [], 0])
    body.write(Buffer.alloc(1))
    await written(file, HEAD)
    expect([seen.heads, seen.announced, file.released]).toEqual([[HEAD], [], 0])
    body.write(Buffer.alloc(TAIL - HEAD))
    await written(file, TAIL)
    expect([seen.announced, file.released]).toEqual([[], 0])
    body.write(Buffer.alloc(1))
    await written(file, TAIL + 1)
    await vi.waitFor(() => expect(file.released).toBe(1))
    expect(seen.announced.length).toBeGreaterThan(0)
    body.end(Buffer.alloc(9))
    expect(await done).toBeUndefined()
    expect(file.released).toBe(10)
  })

  it('announces a long body of known length as soon as its head fits', async () => {
    const body = new PassThrough()
    const { seen, done } = await receiving(body, { size: 1_000_000 })
    body.write(Buffer.alloc(HEAD))
    await vi.waitFor(() => expect(seen.announced).toEqual([{ written: HEAD, released: 0 }]))
    body.destroy()
    expect(await done).toMatchObject({ kind: 'trouble' })
  })

  it('announces no body that fits into its tail', async () => {
    const { seen, done } = await receiving(chunks(Buffer.alloc(TAIL), 10_000), { size: TAIL })
    expect(await done).toBeUndefined()
    expect(seen.announced).toEqual([])
  })

  it('refuses a head that does not fit, of long and of short bodies, and ends the transfer', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.from('<html>'.repeat(200)))
      },
    })
    const long = await receiving(endless, { headFits: () => false })
    expect(await long.done).toMatchObject({
      kind: 'mismatch',
      cause: 'no such file begins with "<html><html><htm"',
    })
    expect(endless.destroyed).toBe(true)

    const short = await receiving(Readable.from([Buffer.from('{}')]), { headFits: () => false })
    expect(await short.done).toMatchObject({
      kind: 'mismatch',
      cause: 'no such file begins with "{}"',
    })
    const empty = await receiving(Readable.from([]), { headFits: (head) => head.byteLength > 0 })
    expect(await empty.done).toMatchObject({ kind: 'mismatch', cause: 'empty body' })
    for (const { seen, file } of [long, short, empty])
      expect([seen.announced, file.released]).toEqual([[], 0])
  })

  it.each([
    ['shorter', 299_999, '299999 bytes came of 300000'],
    ['longer', 300_001, '300001 bytes came of 300000'],
    ['empty', 0, '0 bytes came of 300000'],
  ])('calls a body %s than stated trouble', async (_, length, cause) => {
    const { done } = await receiving(chunks(Buffer.alloc(length), 50_000), { size: 300_000 })
    expect(await done).toMatchObject({ kind: 'trouble', cause })
  })

  it.each([
    ['with an error', new Error('reset')],
    ['without one', undefined],
  ])('calls a body that breaks off %s trouble, whatever was announced', async (_, error) => {
    const body = new PassThrough()
    const { file, done, seen } = await receiving(body)
    body.write(Buffer.alloc(200_000))
    await written(file, 200_000)
    body.destroy(error)
    expect(await done).toMatchObject({
      kind: 'trouble',
      cause: expect.stringContaining('the transfer broke off'),
    })
    expect(seen.announced.length).toBeGreaterThan(0)
  })

  it('calls a body that was broken before anybody read it trouble', async () => {
    const body = new PassThrough()
    body.on('error', () => {})
    body.destroy(new Error('reset'))
    await new Promise((resolve) => setImmediate(resolve))
    const { done } = await receiving(body)
    expect(await done).toMatchObject({ kind: 'trouble' })
  })

  it('takes nothing beyond the limit, stated or not, and ends the transfer', async () => {
    for (const size of [10_001, undefined]) {
      const body = chunks(Buffer.alloc(10_001), 1000)
      const { done, file } = await receiving(body, { maxBytes: 10_000, size })
      expect(await done).toMatchObject({
        kind: 'trouble',
        cause: 'larger than limits.fill_size (10000 bytes)',
      })
      expect(file.written).toBeLessThanOrEqual(10_000)
      expect(body.destroyed).toBe(true)
    }
    const exact = await receiving(chunks(Buffer.alloc(10_000), 1000), { maxBytes: 10_000 })
    expect(await exact.done).toBeUndefined()
  })

  it('calls a disk that takes no more trouble, and ends the transfer', async () => {
    const body = chunks(Buffer.alloc(100_000), 1000)
    const file = await GrowingFile.create(join(tempDir(), 'fill'))
    await file.complete() // closed: every further write fails, as on a full disk
    const fault = await receiveBody({
      body,
      size: undefined,
      maxBytes: Infinity,
      file,
      room,
      headFits: () => true,
      announce: () => {},
    })
    expect(fault).toMatchObject({ kind: 'trouble' })
    expect(body.destroyed).toBe(true)
  })
})
