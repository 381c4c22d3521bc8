import { promisify } from 'node:util'
import { constants, deflateRaw } from 'node:zlib'
import { blockChecksum } from '../block-checksum.ts'

const deflate = promisify(deflateRaw)

const SIGNATURE = Buffer.from('CK', 'latin1')
const STORED_OVERHEAD_BYTES = 5

/** One MSZIP data block (CFDATA) with its header; `before` is the block before it in the folder, which its matches may reach into. */
export async function packBlock(
  block: Uint8Array,
  before: Uint8Array | undefined,
): Promise<Buffer> {
  const deflated = await deflate(block, {
    memLevel: constants.Z_MAX_MEMLEVEL,
    ...(before !== undefined && { dictionary: before }),
  })
  // Readers have room for 12 bytes of growth only (MS-MCI), which zlib may exceed where nothing can be compressed.
  const fits = deflated.byteLength <= block.byteLength + STORED_OVERHEAD_BYTES
  const packed = Buffer.concat([SIGNATURE, fits ? deflated : storedDeflate(block)])
  const header = Buffer.alloc(8)
  header.writeUInt16LE(packed.byteLength, 4)
  header.writeUInt16LE(block.byteLength, 6)
  header.writeUInt32LE(blockChecksum(header.subarray(4), blockChecksum(packed, 0)), 0)
  return Buffer.concat([header, packed])
}

/** A deflate stream of one stored block (RFC 1951 §3.2.4). */
function storedDeflate(block: Uint8Array): Buffer {
  const header = Buffer.alloc(STORED_OVERHEAD_BYTES)
  header.writeUInt8(1, 0) // the last block, stored
  header.writeUInt16LE(block.byteLength, 1)
  header.writeUInt16LE(block.byteLength ^ 0xffff, 3)
  return Buffer.concat([header, block])
}
