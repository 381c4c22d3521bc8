import { randomFillSync } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import type { Content } from '../../../src/http/download/content.ts'
import { gzipContent } from '../../../src/http/download/gzip-content.ts'

test('the source is closed when a client leaves that takes no more', async () => {
  const close = vi.fn<() => void>()
  const read = vi.fn<(target: Uint8Array) => Promise<number>>((target) => {
    randomFillSync(target)
    return Promise.resolve(target.byteLength)
  })
  const plain: Content = {
    etag: 'tag',
    modifiedAtMs: 0,
    size: undefined,
    finalSize: () => Promise.reject(new Error('endless')),
    open: () => Promise.resolve({ read, close }),
  }
  const opened = await gzipContent(plain, 'tag-gzip').open()
  await opened?.read(new Uint8Array(1000), 0)
  // Until nothing more fits into the buffers, and compression waits for its reader.
  let reads = -1
  await vi.waitFor(() => {
    const isStill = reads === read.mock.calls.length
    reads = read.mock.calls.length
    expect(isStill).toBe(true)
  })
  expect(close).not.toHaveBeenCalled()

  opened?.close()

  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce())
})
