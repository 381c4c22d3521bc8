import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import type { FileSource } from '../../src/upstream/file-source.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { withConcurrency } from '../../src/upstream/with-concurrency.ts'
import { upstreamRequest } from '../helpers/upstream-request.ts'

const LOCATION = 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb'
const REQUEST = upstreamRequest(LOCATION)

/** A source of which `width` files are asked for at once, and that answers when it is told to. */
function setUp(width: number) {
  const asked: ((answer: UpstreamAnswer) => void)[] = []
  const plain: FileSource = {
    get: () => new Promise((resolve) => void asked.push(resolve)),
    close: () => Promise.resolve(),
  }
  const source = withConcurrency(plain, width)
  const { signal } = new AbortController()
  const get = (own = signal) => source.get(LOCATION, REQUEST, own)
  return { asked, get, signal }
}

describe('concurrency', () => {
  it('lets so many requests run, and the others wait in order', async () => {
    const { asked, get } = setUp(2)
    const answers = [get(), get(), get()]
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    asked[0]?.({ kind: 'absent' })
    await vi.waitFor(() => expect(asked).toHaveLength(3))
    for (const answer of asked.slice(1)) answer({ kind: 'absent' })
    expect(await Promise.all(answers)).toHaveLength(3)
  })

  it.each([
    ['read', (body: Readable) => void body.resume()],
    ['given up', (body: Readable) => void body.destroy()],
    ['broken', (body: Readable) => void body.destroy(new Error('cut'))],
  ])('counts a file until it is %s', async (_, end) => {
    const { asked, get } = setUp(1)
    const first = get()
    void get()
    const body = Readable.from([Buffer.from('a'), Buffer.from('b')])
    body.on('error', () => {})
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    asked[0]?.({ kind: 'found', body, size: undefined })
    expect((await first).kind).toBe('found')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(asked).toHaveLength(1)
    end(body)
    await vi.waitFor(() => expect(asked).toHaveLength(2))
  })

  it('gives the turn on of whoever has given up, and tells them at once', async () => {
    const { asked, get, signal } = setUp(1)
    void get()
    const control = new AbortController()
    const waiting = get(control.signal)
    const last = get()
    control.abort(new Error('another was faster'))
    await expect(waiting).rejects.toThrow('another was faster')
    expect(asked).toHaveLength(1)
    asked[0]?.({ kind: 'absent' })
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    asked[1]?.({ kind: 'absent' })
    expect(await last).toEqual({ kind: 'absent' })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
