import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { peekStream } from '../../src/lib/peek-stream.ts'

function source(...chunks: string[]): Readable {
  return Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  )
}

describe('peekStream', () => {
  it.each([
    ['over several chunks', ['ab', 'cd', 'ef'], 3, 'abc'],
    ['of a part of one chunk', ['abcdef'], 3, 'abc'],
    ['of exactly all', ['abc', 'def'], 6, 'abcdef'],
    ['of a shorter stream', ['abc', 'def'], 100, 'abcdef'],
    ['of an empty stream', [], 4, ''],
  ])('tells the head %s and keeps the whole', async (_what, chunks, length, head) => {
    const peeked = await peekStream(source(...chunks), length)
    expect(peeked.head.toString()).toBe(head)
    expect(await text(peeked.stream)).toBe(chunks.join(''))
  })

  it('rejects with the error of the source', async () => {
    const broken = new PassThrough()
    broken.write('a')
    broken.destroy(new Error('gone'))
    await expect(peekStream(broken, 4)).rejects.toThrow('gone')
  })

  it('hands a later error of the source on', async () => {
    const broken = new PassThrough()
    broken.write('abcd')
    const { stream } = await peekStream(broken, 4)
    broken.destroy(new Error('gone'))
    await expect(text(stream)).rejects.toThrow('gone')
  })

  it('destroys the source with the stream', async () => {
    const idle = new PassThrough()
    idle.write('abcd')
    const { stream } = await peekStream(idle, 4)
    stream.destroy()
    expect(idle.destroyed).toBe(true)
  })

  it('takes no more from the source than it is asked for', async () => {
    let taken = 0
    const endless = new Readable({
      highWaterMark: 1024,
      read() {
        taken += 1024
        this.push(Buffer.alloc(1024))
      },
    })
    const { stream } = await peekStream(endless, 2000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(taken).toBeLessThanOrEqual(4096)
    stream.destroy()
  })
})
