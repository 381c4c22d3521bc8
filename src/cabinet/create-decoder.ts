import type { BlockDecoder } from './block-decoder.ts'
import { damaged } from './damaged.ts'
import { LzxDecoder } from './lzx/lzx-decoder.ts'
import { MAX_PACKED_BYTES } from './max-packed-bytes.ts'
import { MszipDecoder } from './mszip-decoder.ts'
import { StoredDecoder } from './stored-decoder.ts'
import { unsupported } from './unsupported.ts'

const MIN_WINDOW_BITS = 15
const MAX_WINDOW_BITS = 21

/** The decoder for a folder's `typeCompress`. Throws `unsupported_format` for Quantum and unknown methods. */
export function createDecoder(compression: number): BlockDecoder {
  switch (compression & 0xf) {
    case 0:
      return new StoredDecoder()
    case 1:
      return new MszipDecoder()
    case 2:
      throw unsupported('it is compressed with Quantum')
    case 3: {
      const windowBits = (compression >> 8) & 0x1f
      if (windowBits < MIN_WINDOW_BITS || windowBits > MAX_WINDOW_BITS) {
        throw damaged(`an LZX window of 2^${windowBits} bytes`)
      }
      return new LzxDecoder(windowBits, MAX_PACKED_BYTES)
    }
    default:
      throw unsupported(`it is compressed with method ${compression & 0xf}`)
  }
}
