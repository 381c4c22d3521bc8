import { describe, expect, it } from 'vitest'
import { BufferPool } from '../../src/lib/buffer-pool.ts'

const MIB = 1 << 20
const LEAST = 1 << 14

/** Takes what so many streams hold at once: two buffers each. */
function takeFor(pool: BufferPool, streams: number): Buffer[] {
  for (let count = 0; count < streams; count++) pool.enter()
  return Array.from({ length: 2 * streams }, () => pool.take(Infinity))
}

const bytesOf = (buffers: readonly Buffer[]): number =>
  buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)

describe('BufferPool', () => {
  it('gives a lone stream the largest buffer, but no more than it wants', () => {
    const pool = new BufferPool(64 * MIB)
    pool.enter()
    expect(pool.take(Infinity).byteLength).toBe(MIB)
    expect(pool.take(MIB + 1).byteLength).toBe(MIB)
    expect(pool.take(MIB).byteLength).toBe(MIB)
    expect(pool.take(100_000).byteLength).toBe(1 << 18)
    expect(pool.take(1).byteLength).toBe(LEAST)
  })

  it('gives smaller ones the more streams there are, and larger ones again when they have left', () => {
    const pool = new BufferPool(16 * MIB)
    const leave = Array.from({ length: 100 }, () => pool.enter())
    expect(pool.take(Infinity).byteLength).toBe(1 << 16)
    for (const out of leave) out()
    expect(pool.take(Infinity).byteLength).toBe(MIB)
  })

  it.each([1, 7, 50, 500])('keeps %d streams within its budget', (streams) => {
    const pool = new BufferPool(16 * MIB)
    expect(bytesOf(takeFor(pool, streams))).toBeLessThanOrEqual(16 * MIB)
  })

  it('gives the smallest size rather than none when there are too many streams', () => {
    const pool = new BufferPool(MIB)
    expect(new Set(takeFor(pool, 1000).map(({ byteLength }) => byteLength))).toEqual(
      new Set([LEAST]),
    )
  })

  it('uses again what was given back, each buffer for one taker at a time', () => {
    const pool = new BufferPool(16 * MIB)
    const first = pool.take(LEAST)
    pool.give(first)
    expect(pool.take(LEAST)).toBe(first)
    expect(pool.take(LEAST)).not.toBe(first)
  })

  it('holds no more than half of its budget for reuse', () => {
    const pool = new BufferPool(4 * MIB)
    pool.enter()
    const taken = Array.from({ length: 8 }, () => pool.take(Infinity))
    for (const buffer of taken) pool.give(buffer)
    const again = Array.from({ length: 8 }, () => pool.take(Infinity))
    expect(again.filter((buffer) => taken.includes(buffer))).toHaveLength(2)
  })
})
