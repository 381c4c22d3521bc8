import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import type { CabinetFile } from '../cabinet-file.ts'
import { fromFailure } from './failure.ts'
import { portReadable } from './port-readable.ts'
import { portWritable } from './port-writable.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

// .ts when run from the sources, .js once built.
const WORKER = new URL(`./cabinet-worker${extname(import.meta.url)}`, import.meta.url)

/** A worker that reads one cabinet, with the streams into it and out of it: all of them end together. */
export class CabinetThread {
  readonly #worker = new Worker(WORKER)
  readonly #source: Readable
  readonly #opened = Promise.withResolvers<readonly CabinetFile[]>()
  #content: Readable | undefined
  #ended = false

  /** Begins to read the cabinet that `source` brings. */
  constructor(source: Readable) {
    this.#source = source
    this.#worker.on('message', (message: FromWorker) => this.#answer(message))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the thread that read the cabinet ended')))
    const { port1, port2 } = new MessageChannel()
    this.#tell({ kind: 'open', port: port2 }, port2)
    pipeline(source, portWritable(port1)).catch((error: unknown) => this.#fail(error))
  }

  /** Resolves the cabinet's files, or rejects with the reason why there are none; everything has ended then. */
  async files(): Promise<readonly CabinetFile[]> {
    return await this.#opened.promise
  }

  /** The content of a file. Everything ends when it fails or is destroyed before its end. */
  extract(file: CabinetFile): Readable {
    if (this.#ended) throw new Error('the cabinet is closed')
    if (this.#content !== undefined && !this.#content.readableEnded) {
      throw new Error('another file of the cabinet is still being extracted')
    }
    const { port1, port2 } = new MessageChannel()
    const content = portReadable(port1)
    // It may fail before its reader has begun to listen. The reader learns of it all the same.
    content.on('error', () => undefined)
    content.on('close', () => {
      if (!content.readableEnded) void this.end()
    })
    this.#content = content
    this.#tell({ kind: 'extract', file, port: port2 }, port2)
    return content
  }

  /** Ends everything; resolves when the worker is gone. */
  async end(): Promise<void> {
    this.#fail(new Error('the cabinet was closed'))
    await this.#worker.terminate()
  }

  #answer(message: FromWorker): void {
    switch (message.kind) {
      case 'opened':
        this.#opened.resolve(message.files)
        break
      case 'failed':
        this.#fail(fromFailure(message.failure))
        break
    }
  }

  /** The first failure counts, all that follow come of it. */
  #fail(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#opened.reject(error)
    this.#source.destroy()
    this.#content?.destroy(error instanceof Error ? error : new Error(String(error)))
    void this.#worker.terminate()
  }

  #tell(message: ToWorker, port: MessagePort): void {
    this.#worker.postMessage(message, [port])
  }
}
