import { expect, it } from 'vitest'
import { CabinetReader } from '../../src/cabinet/cabinet-reader.ts'
import { MAX_FILE_BYTES } from '../../src/cabinet/max-file-bytes.ts'
import { makeCabinet } from '../cabinet/make-cabinet.ts'

const BLOCK_BYTES = 32_768
const BLOCK_HEADER_BYTES = 8
const FOLDER_BYTES = 8
const BLOCKS_A_FOLDER = 65_535
const BLOCKS_A_CHUNK = 64
const MIB = 1 << 20

/** The beginning of a cabinet of two folders, the first as large as can be, and one of its blocks. */
function parts() {
  const content = Buffer.alloc(BLOCK_BYTES, 'data')
  const folders = [
    { compression: 0, blocks: [{ packed: content, size: BLOCK_BYTES }] },
    { compression: 0, blocks: [{ packed: Buffer.from('last'), size: 4 }] },
  ]
  const files = [
    { name: 'big.pdb', size: MAX_FILE_BYTES },
    { name: 'last.txt', size: 4, folder: 1 },
  ]
  const small = makeCabinet({ folders, files })
  const lastBytes = BLOCK_HEADER_BYTES + 4
  const blockBytes = BLOCK_HEADER_BYTES + BLOCK_BYTES
  const head = small.subarray(0, small.byteLength - lastBytes - blockBytes)
  const block = small.subarray(head.byteLength, head.byteLength + blockBytes)
  const lastAt = head.byteLength + BLOCKS_A_FOLDER * blockBytes
  head.writeUInt32LE(lastAt + lastBytes, 8)
  head.writeUInt16LE(BLOCKS_A_FOLDER, 36 + 4)
  head.writeUInt32LE(lastAt, 36 + FOLDER_BYTES)
  return { head, block, last: small.subarray(-lastBytes) }
}

it('a cabinet of more than 2 GiB is read while it comes, in little memory', async () => {
  const { head, block, last } = parts()
  const content = Buffer.alloc(MIB, 'data')
  async function* cabinet(): AsyncGenerator<Uint8Array> {
    yield head
    const chunk = Buffer.concat(Array.from({ length: BLOCKS_A_CHUNK }, () => block))
    let left = BLOCKS_A_FOLDER
    for (; left > BLOCKS_A_CHUNK; left -= BLOCKS_A_CHUNK) yield chunk
    yield chunk.subarray(0, left * block.byteLength)
    yield last
  }
  const before = process.memoryUsage.rss()
  await using reader = await CabinetReader.open(cabinet())
  expect(reader.files).toEqual([
    { index: 0, name: 'big.pdb', size: 2_147_450_880 },
    { index: 1, name: 'last.txt', size: 4 },
  ])
  const [big, small] = reader.files
  if (big === undefined || small === undefined) return
  let bytes = 0
  let wrong = 0
  for await (const piece of reader.extract(big)) {
    if (!content.subarray(0, piece.byteLength).equals(piece)) wrong++
    bytes += piece.byteLength
  }
  expect([bytes, wrong]).toEqual([big.size, 0])
  const rest = await Array.fromAsync(reader.extract(small))
  expect(Buffer.concat(rest).toString()).toBe('last')
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * MIB)
})
