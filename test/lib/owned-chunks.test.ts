import { describe, expect, it } from 'vitest'
import { ownedChunks } from '../../src/lib/owned-chunks.ts'

describe('ownedChunks', () => {
  it('frees an owned chunk that was read', () => {
    const chunk = Buffer.allocUnsafeSlow(100)
    ownedChunks.add(chunk)
    ownedChunks.free(chunk)
    expect(chunk.byteLength).toBe(0)
  })

  it('leaves what others may look at', () => {
    const shared = Buffer.alloc(100, 'a')
    ownedChunks.free(shared)
    expect(shared.toString()).toBe('a'.repeat(100))
  })

  it('leaves an owned chunk of which only a part was read', () => {
    const chunk = Buffer.alloc(100, 'a')
    ownedChunks.add(chunk)
    ownedChunks.free(chunk.subarray(0, 99))
    expect(chunk.toString()).toBe('a'.repeat(100))
  })
})
