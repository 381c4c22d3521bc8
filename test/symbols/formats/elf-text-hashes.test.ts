import { describe, expect, it } from 'vitest'
import { elfTextHashes } from '../../../src/symbols/formats/elf-text-hashes.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

function hashesOf(bytes: Buffer, offset: number, size: number): Promise<readonly string[]> {
  return elfTextHashes(new PagedReader(new MemoryReader(bytes)), { offset, size, align: 1 })
}

describe('elfTextHashes', () => {
  it('folds whole lanes alike for all tools', async () => {
    const bytes = Buffer.concat([Buffer.alloc(16, 0x0f), Buffer.alloc(16, 0xf1)])
    expect(await hashesOf(bytes, 0, 32)).toEqual(['fe'.repeat(16), 'fe'.repeat(16)])
  })

  it('reads on behind the code to a whole lane as Breakpad does, and stops there as Sentry does', async () => {
    const bytes = Buffer.concat([Buffer.alloc(16), Buffer.alloc(16, 0xaa)])
    expect(await hashesOf(bytes, 0, 18)).toEqual(['aa'.repeat(16), `aaaa${'00'.repeat(14)}`])
  })

  it('takes no more than the first page', async () => {
    const bytes = Buffer.concat([Buffer.alloc(4096), Buffer.alloc(4096, 1)])
    expect(await hashesOf(bytes, 0, 8192)).toEqual(['00'.repeat(16), '00'.repeat(16)])
  })

  it('stops at the end of the file', async () => {
    expect(await hashesOf(Buffer.alloc(4, 3), 0, 4)).toEqual([
      `03030303${'00'.repeat(12)}`,
      `03030303${'00'.repeat(12)}`,
    ])
  })
})
