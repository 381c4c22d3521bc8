import { callbackify } from 'node:util'
import { RandomAccessReader } from 'yauzl'
import type { ByteReader } from '../lib/byte-reader.ts'
import { WindowReader } from './window-reader.ts'

/**
 * A bounded source for yauzl, whose own file reader hands positions from the zip to the system unchecked:
 * those beyond 2^53 throw out of a callback and would end the process.
 */
export class ZipDirectoryReader extends RandomAccessReader {
  readonly #file: ByteReader

  constructor(file: ByteReader) {
    super()
    this.#file = new WindowReader(file)
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    callbackify(async () => {
      const bytes = await this.#file.read(position, length)
      if (bytes.length < length) throw new Error('it is cut')
      buffer.set(bytes, offset)
    })(callback)
  }
}
