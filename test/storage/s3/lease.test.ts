import { describe, expect, it, vi } from 'vitest'
import { Lease } from '../../../src/storage/s3/lease.ts'
import { S3Bucket } from '../../../src/storage/s3/s3-bucket.ts'
import { openS3Server } from '../../helpers/s3-server.ts'
import { s3Settings } from '../../helpers/s3-settings.ts'

const KEY = '.symgate/lease.json'

const s3 = await openS3Server()

describe.skipIf(s3 === undefined)('Lease', () => {
  if (s3 === undefined) return
  const server = s3

  async function opened() {
    const settings = s3Settings(server, await server.bucket())
    const acquire = (owner: string) =>
      Lease.acquire({ bucket: new S3Bucket(settings), owner, warn: () => {} })
    return { acquire, bucket: new S3Bucket(settings) }
  }

  it('is had by one of several who want it at the same time', async () => {
    const { acquire } = await opened()
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map(acquire))
    const held = results.filter(({ status }) => status === 'fulfilled')
    expect(held).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'folder_in_use' })
      else await result.value.release()
    }
  })

  it('is free when it was given back, and at once for the owner who was killed', async () => {
    const { acquire, bucket } = await opened()
    await (await acquire('a')).release()
    expect(await bucket.getText(KEY)).toBeUndefined()
    const killed = await acquire('b')
    const again = await acquire('b')
    await again.assertHeld()
    await expect(acquire('c')).rejects.toThrow('with store.read_only this one reads it')
    await killed.release()
    await expect(acquire('c')).rejects.toMatchObject({ code: 'folder_in_use' })
    await again.release()
  })

  it('lets who has lost it write nothing more', async () => {
    const { acquire } = await opened()
    const paused = await acquire('a')
    const successor = await acquire('a')
    await paused.assertHeld()
    // A pause longer than it may believe in its lease.
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 50_000)
    try {
      await expect(paused.assertHeld()).rejects.toMatchObject({ code: 'store_unusable' })
      await expect(paused.assertHeld()).rejects.toThrow(/is written by the symgate on .* now/)
      await successor.assertHeld()
    } finally {
      clock.mockRestore()
    }
    await successor.release()
    await paused.release()
  })

  it('that somebody has deleted is taken again', async () => {
    const { acquire, bucket } = await opened()
    const lease = await acquire('a')
    await bucket.delete([KEY])
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 50_000)
    try {
      await lease.assertHeld()
    } finally {
      clock.mockRestore()
    }
    expect(await bucket.getText(KEY)).toBeDefined()
    await lease.release()
  })
})
