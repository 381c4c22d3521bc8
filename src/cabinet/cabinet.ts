import type { Readable } from 'node:stream'
import type { CabinetFile } from './cabinet-file.ts'
import { CabinetThread } from './worker/cabinet-thread.ts'

/**
 * A cabinet that a thread of its own decompresses while it is read, from a file or a download alike.
 * Stored, MSZIP and LZX are known.
 *
 * It lives until it is closed, its source or a content fails, or a content is destroyed before its end; then
 * the thread ends, the source is destroyed, and a content that is not at its end fails.
 */
export class Cabinet implements AsyncDisposable {
  /** The files in the order of their content; at least one. */
  readonly files: readonly CabinetFile[]
  readonly #thread: CabinetThread

  private constructor(thread: CabinetThread, files: readonly CabinetFile[]) {
    this.#thread = thread
    this.files = files
  }

  /**
   * Reads the directory. Rejects, with the source destroyed, with `unsupported_format` (no cabinet, part of
   * a spanned set, data before directory), `archive_hostile` (files that share content), `archive_damaged`,
   * or the source's own error.
   */
  static async open(source: Readable): Promise<Cabinet> {
    const thread = new CabinetThread(source)
    return new Cabinet(thread, await thread.files())
  }

  /**
   * The content of a file: exactly `file.size` bytes, or it fails, with `archive_damaged`, or with
   * `unsupported_format` for Quantum. One at a time, in the order of `files`, of which any may be left out.
   */
  extract(file: CabinetFile): Readable {
    return this.#thread.extract(file)
  }

  /** Closes the cabinet; resolves when its thread is gone. It may be closed already. */
  async close(): Promise<void> {
    await this.#thread.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
