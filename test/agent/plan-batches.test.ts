import { describe, expect, it } from 'vitest'
import type { LocalSymbol } from '../../src/agent/local-file.ts'
import { planBatches } from '../../src/agent/plan-batches.ts'

const file = (bytesOnDisk: number): LocalSymbol => ({
  kind: 'symbol',
  path: 'a.pdb',
  key: 'a.pdb/1/a.pdb',
  size: bytesOnDisk,
  sha256: '',
  bytesOnDisk,
})
const MIB = 1 << 20
const sizes = (files: readonly LocalSymbol[], strict = false): number[] =>
  planBatches(files, strict).map((batch) => batch.length)

describe('packages of a push', () => {
  it('have at most 128 MiB and 2000 files, but for larger files, which go alone', () => {
    expect(sizes([])).toEqual([])
    expect(sizes([file(64 * MIB), file(64 * MIB), file(1)])).toEqual([2, 1])
    expect(sizes([file(1), file(500 * MIB), file(1), file(1)])).toEqual([1, 1, 2])
    expect(sizes(Array.from({ length: 4001 }, () => file(10)))).toEqual([2000, 2000, 1])
  })

  it('are one where strict, or none', () => {
    expect(sizes([file(500 * MIB), file(500 * MIB)], true)).toEqual([2])
    expect(sizes([], true)).toEqual([])
  })
})
