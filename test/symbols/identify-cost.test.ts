import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ByteReader } from '../../src/lib/byte-reader.ts'
import { FileReader } from '../../src/lib/file-reader.ts'
import { identify } from '../../src/symbols/identify.ts'
import { makePdb, writeSparsePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { MemoryReader } from '../helpers/memory-reader.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const guid = 'FEDCBA9876543210FEDCBA9876543210'

describe('the reading that identification costs', () => {
  it.each([
    [4096, 2 ** 30],
    [8192, 2 ** 32 + 2 ** 30],
  ])('is a few pages of a PDB with pages of %i and %i bytes', async (pageSize, size) => {
    const path = join(tempDir(), 'huge.pdb')
    await writeSparsePdb(path, { guid, age: 3, pageSize, size })
    await using file = await FileReader.open(path)
    const cost = { reads: 0, bytes: 0 }
    const counting: ByteReader = {
      size: file.size,
      read(offset, length) {
        cost.reads++
        cost.bytes += length
        return file.read(offset, length)
      },
    }
    expect(await identify(counting, 'huge.pdb')).toMatchObject({
      keys: [`huge.pdb/${guid}3/huge.pdb`],
    })
    expect(file.size).toBeGreaterThanOrEqual(size)
    expect(cost.reads).toBeLessThanOrEqual(8)
    expect(cost.bytes).toBeLessThan(128 << 10)
  })

  it('is a few pages of a PDB whose directory fills thousands of pages', async () => {
    const payload = Buffer.alloc(40 << 20)
    const reader = new MemoryReader(makePdb({ guid, age: 3, pageSize: 1024, payload }))
    expect(await identify(reader, 'wide.pdb')).toMatchObject({
      keys: [`wide.pdb/${guid}3/wide.pdb`],
    })
    expect(reader.reads).toBeLessThanOrEqual(8)
    expect(reader.bytesAsked).toBeLessThan(128 << 10)
  })

  it('is one read of a small image', async () => {
    const codeView = { guid, age: 1, pdbName: 'app.pdb' }
    const reader = new MemoryReader(
      makePe({ timestamp: 1, sizeOfImage: 4096, size: 64 << 20, codeView }),
    )
    expect(await identify(reader, 'app.exe')).toMatchObject({ debugId: `${guid}1` })
    expect(reader.reads).toBe(1)
  })

  it('is one read of what is no symbol file, whatever its size', async () => {
    const reader = new MemoryReader(Buffer.alloc(1 << 20, 'text '))
    expect(await identify(reader, 'log.txt')).toMatchObject({ status: 'skip' })
    expect(reader.reads).toBe(1)
  })
})
