import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { CabinetFile } from './cabinet-file.ts'
import { fromFailure } from './worker/failure.ts'
import { portReadable } from './worker/port-readable.ts'
import { portWritable } from './worker/port-writable.ts'
import type { FromWorker, ToWorker } from './worker/worker-messages.ts'

/**
 * A cabinet that a thread decompresses while it is read, from a file or a download alike. Stored, MSZIP
 * and LZX are known. `CabinetThreads` opens it.
 *
 * It lives until it is closed, its source or a content fails, or a content is destroyed before its end; then
 * the source is destroyed, and a content that is not at its end fails.
 */
export class Cabinet implements AsyncDisposable {
  readonly #worker: Worker
  readonly #source: Readable
  readonly #giveBack: (worker: Worker) => void
  readonly #opened = Promise.withResolvers<readonly CabinetFile[]>()
  #files: readonly CabinetFile[] = []
  #content: Readable | undefined
  #ended = false
  /** Resolves when a thread that was given up is gone. */
  #gone: Promise<unknown> | undefined

  private constructor(worker: Worker, source: Readable, giveBack: (worker: Worker) => void) {
    this.#worker = worker
    this.#source = source
    this.#giveBack = giveBack
    worker.on('message', this.#onMessage)
    worker.on('error', this.#fail)
    worker.on('exit', this.#onExit)
    const { port1, port2 } = new MessageChannel()
    this.#tell({ kind: 'open', port: port2 }, [port2])
    pipeline(source, portWritable(port1)).catch(this.#fail)
  }

  /**
   * Opens the cabinet that `source` brings, in a worker that does nothing else and goes to `giveBack` when it
   * can be used again. Rejects as `CabinetThreads.open` does.
   */
  static async open(
    worker: Worker,
    source: Readable,
    giveBack: (worker: Worker) => void,
  ): Promise<Cabinet> {
    const cabinet = new Cabinet(worker, source, giveBack)
    cabinet.#files = await cabinet.#opened.promise
    return cabinet
  }

  /** The files in the order of their content; at least one. */
  get files(): readonly CabinetFile[] {
    return this.#files
  }

  /**
   * The content of a file: exactly `file.size` bytes, or it fails, with `archive_damaged`, or with
   * `unsupported_format` for Quantum. One at a time, in the order of `files`, of which any may be left out.
   */
  extract(file: CabinetFile): Readable {
    if (this.#ended) throw new Error('the cabinet is closed')
    if (!this.#isIdle()) throw new Error('another file of the cabinet is still being extracted')
    const { port1, port2 } = new MessageChannel()
    const content = portReadable(port1)
    // It may fail before its reader has begun to listen. The reader learns of it all the same.
    content.on('error', () => undefined)
    content.on('close', () => {
      if (!content.readableEnded) void this.close()
    })
    this.#content = content
    this.#tell({ kind: 'extract', file, port: port2 }, [port2])
    return content
  }

  /** Closes the cabinet; resolves when its thread is free or gone. It may be closed already. */
  async close(): Promise<void> {
    if (!this.#ended && this.#isIdle()) this.#release()
    else this.#fail(new Error('the cabinet was closed'))
    await this.#gone
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #isIdle(): boolean {
    return this.#content === undefined || this.#content.readableEnded
  }

  readonly #onMessage = (message: FromWorker): void => {
    switch (message.kind) {
      case 'opened':
        this.#opened.resolve(message.files)
        break
      case 'failed':
        this.#fail(fromFailure(message.failure))
        break
    }
  }

  readonly #onExit = (): void => this.#fail(new Error('the thread that read the cabinet ended'))

  /** Gives everything up. The first failure counts, all that follow come of it. */
  readonly #fail = (error: unknown): void => {
    if (this.#ended) return
    this.#end()
    this.#opened.reject(error)
    this.#content?.destroy(error instanceof Error ? error : new Error(String(error)))
    this.#gone = this.#worker.terminate()
  }

  /** Parts with a thread that has nothing left to do. */
  #release(): void {
    this.#end()
    this.#tell({ kind: 'close' }, [])
    this.#giveBack(this.#worker)
  }

  #end(): void {
    this.#ended = true
    this.#worker.off('message', this.#onMessage)
    this.#worker.off('error', this.#fail)
    this.#worker.off('exit', this.#onExit)
    this.#source.destroy()
  }

  #tell(message: ToWorker, transfer: readonly MessagePort[]): void {
    this.#worker.postMessage(message, transfer)
  }
}
