import { inflateRawSync } from 'node:zlib'
import type { BlockDecoder } from './block-decoder.ts'
import { damaged } from './damaged.ts'
import { MAX_BLOCK_BYTES } from './max-block-bytes.ts'

const SIGNATURE_BYTES = 2
const SIGNATURE = [0x43, 0x4b] as const // "CK"

/** How far back deflate's matches reach. */
const HISTORY_BYTES = 32_768

/** MSZIP: each block is a deflate stream of its own, whose matches reach back into the blocks before (MS-MCI). */
export class MszipDecoder implements BlockDecoder {
  #history: Uint8Array | undefined

  decode(block: Uint8Array, out: Uint8Array): void {
    if (block[0] !== SIGNATURE[0] || block[1] !== SIGNATURE[1]) {
      throw damaged('an MSZIP block does not begin with CK')
    }
    const decoded = this.#inflate(block.subarray(SIGNATURE_BYTES), out.byteLength)
    if (decoded.byteLength !== out.byteLength) {
      throw damaged('an MSZIP block is shorter than it says')
    }
    out.set(decoded)
    this.#remember(decoded)
  }

  #inflate(deflated: Uint8Array, size: number): Uint8Array {
    try {
      return inflateRawSync(deflated, {
        chunkSize: MAX_BLOCK_BYTES,
        maxOutputLength: size,
        ...(this.#history !== undefined && { dictionary: this.#history }),
      })
    } catch (cause) {
      throw damaged('an MSZIP block cannot be inflated', { cause })
    }
  }

  #remember(decoded: Uint8Array): void {
    const before = this.#history
    if (before === undefined || decoded.byteLength >= HISTORY_BYTES) {
      this.#history = decoded
      return
    }
    // Only a block that is not full needs this, and writers make none but the last.
    this.#history = Buffer.concat([before, decoded]).subarray(-HISTORY_BYTES)
  }
}
