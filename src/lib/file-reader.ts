import { open, type FileHandle } from 'node:fs/promises'
import type { ByteReader } from './byte-reader.ts'

/** A file on disk as a ByteReader; its size is taken when it is opened. Close it after use. */
export class FileReader implements ByteReader {
  readonly size: number
  readonly #handle: FileHandle

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  /** Opens the file; rejects with the system's error when it cannot be read. */
  static async open(path: string): Promise<FileReader> {
    const handle = await open(path, 'r')
    try {
      return new FileReader(handle, (await handle.stat()).size)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const wanted = Math.min(length, Math.max(0, this.size - offset))
    const bytes = new Uint8Array(wanted)
    let done = 0
    while (done < wanted) {
      const { bytesRead } = await this.#handle.read(bytes, done, wanted - done, offset + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return bytes.subarray(0, done)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }
}
