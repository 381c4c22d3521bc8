import type { BlockDecoder } from './block-decoder.ts'
import { damaged } from './damaged.ts'

/** Blocks that are not compressed. */
export class StoredDecoder implements BlockDecoder {
  decode(block: Uint8Array, out: Uint8Array): void {
    if (block.byteLength !== out.byteLength) throw damaged('a stored block has two sizes')
    out.set(block)
  }
}
