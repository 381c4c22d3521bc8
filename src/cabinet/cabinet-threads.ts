import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { Cabinet } from './cabinet.ts'
import type { CabinetFile } from './cabinet-file.ts'
import { damaged } from './damaged.ts'

// .ts when run from the sources, .js once built.
const WORKER = new URL(`./worker/cabinet-worker${extname(import.meta.url)}`, import.meta.url)

/** Threads kept for the next cabinet: starting one, and warming it up, takes longer than most cabinets. */
const MAX_IDLE = 2

/** The content of a cabinet's first file. */
export interface FirstFile {
  readonly file: CabinetFile
  readonly content: Readable
}

/**
 * Opens cabinets, each in a thread of its own for as long as it is open. How many are open at once is for
 * the callers to bound: a slow download must not keep others waiting here. Idle threads do not keep the process alive.
 */
export class CabinetThreads {
  readonly #idle: Worker[] = []

  /**
   * Reads the directory. Rejects, with the source destroyed, with `unsupported_format` (no cabinet, part of
   * a spanned set, data before directory), `archive_hostile` (files that share content), `archive_damaged`,
   * or the source's own error.
   */
  async open(source: Readable): Promise<Cabinet> {
    return await Cabinet.open(this.#take(), source, this.#keep)
  }

  /**
   * Opens what a compressed file of a SymStore (`name_`) stands for: the first file of its cabinet, while the cabinet
   * comes. Rejects as `open` does; the content fails as that of a `Cabinet`, and closes everything with its end.
   */
  async openFirstFile(source: Readable): Promise<FirstFile> {
    const cabinet = await this.open(source)
    const [file] = cabinet.files
    if (file === undefined) throw damaged('it holds no files')
    const content = cabinet.extract(file)
    content.on('close', () => void cabinet.close())
    return { file, content }
  }

  #take(): Worker {
    const worker = this.#idle.pop() ?? this.#start()
    worker.ref()
    return worker
  }

  readonly #keep = (worker: Worker): void => {
    if (this.#idle.length === MAX_IDLE) {
      void worker.terminate()
      return
    }
    worker.unref()
    this.#idle.push(worker)
  }

  #start(): Worker {
    const worker = new Worker(WORKER)
    // Whoever uses it hears of failures; these are for when nobody does.
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      const at = this.#idle.indexOf(worker)
      if (at !== -1) this.#idle.splice(at, 1)
    })
    return worker
  }
}
