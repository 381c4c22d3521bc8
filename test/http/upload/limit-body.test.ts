import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { limitBody } from '../../../src/http/upload/limit-body.ts'

const of = (...sizes: number[]): Readable =>
  Readable.from(
    sizes.map((size) => Buffer.alloc(size)),
    { objectMode: false },
  )

describe('limitBody', () => {
  it('passes a body of exactly the limit, and counts it', async () => {
    let counted = 0
    const body = limitBody(of(400, 600), 1000, ({ byteLength }) => (counted += byteLength))
    expect((await buffer(body)).byteLength).toBe(1000)
    expect(counted).toBe(1000)
  })

  it('fails at the first byte beyond it, and stops reading the sender', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(600))
      },
    })
    await expect(buffer(limitBody(endless, 1000, () => {}))).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'the upload is larger than limits.upload_size (1000 bytes)',
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(endless.listenerCount('data')).toBe(0)
    endless.destroy()
  })

  it.each([
    ['with an error', new Error('aborted')],
    ['without one', undefined],
  ])('fails when the sender breaks off %s', async (_, error) => {
    const sender = new PassThrough()
    const body = limitBody(sender, 1000, () => {})
    sender.write('abc')
    setImmediate(() => sender.destroy(error))
    await expect(buffer(body)).rejects.toMatchObject({ code: 'upload_interrupted' })
  })

  it('keeps its failure for one who reads later', async () => {
    const sender = new PassThrough()
    const body = limitBody(sender, 1000, () => {})
    sender.destroy(new Error('aborted'))
    await new Promise((resolve) => setTimeout(resolve, 10))
    await expect(buffer(body)).rejects.toMatchObject({ code: 'upload_interrupted' })
  })
})
