import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../lib/app-error.ts'
import { FileReader } from '../lib/file-reader.ts'
import { isErrno } from '../lib/is-errno.ts'
import { identify } from '../symbols/identify.ts'
import { parseSymbolPath, type SymbolPath } from '../symbols/symbol-path.ts'
import { verifyContent } from '../symbols/verify-content.ts'
import type { Connection } from './connection.ts'
import { noteRetries } from './note-retries.ts'
import type { Progress } from './progress.ts'
import { ServerError } from './server-error.ts'
import type { WantedFile } from './wanted-file.ts'
import { withRetries, type Patience } from './with-retries.ts'

const WRITE_BYTES = 1 << 20

/** What every other file would meet in the folder, too. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS'] as const

/** What became of one file that is needed. */
export interface FetchRow {
  /** Its symbol path. */
  readonly path: string
  /** What needs it. */
  readonly from: string
  /** `there`: it lay in the folder already; `missing`: the server has none. */
  readonly status: 'fetched' | 'there' | 'missing' | 'failed'
  readonly reason?: string
  readonly size?: number
}

export interface DownloaderOptions {
  readonly connection: Connection
  /** Where the files go, as `name/id/file`. */
  readonly folder: string
  readonly patience: Patience
  readonly progress: Progress
}

/** Fetches symbol files into a folder in SymStore's layout. Only what is what was asked for gets there. */
export class Downloader {
  readonly #options: DownloaderOptions
  readonly #noteRetry: ReturnType<typeof noteRetries>
  readonly #madeFolders = new Set<string>()

  constructor(options: DownloaderOptions) {
    this.#options = options
    this.#noteRetry = noteRetries(options.progress)
  }

  /**
   * Gets the file under the first of its paths that the server has. Throws what every other file would meet: a ServerError, or
   * `disk_full` when nothing can be written into the folder.
   */
  async fetch({ paths, from }: WantedFile): Promise<FetchRow> {
    const [first = ''] = paths
    let isAsked = false
    for (const text of paths) {
      const match = parseSymbolPath(text.split('/'))
      if (match.kind !== 'symbol') continue
      const { path } = match
      isAsked = true
      try {
        const row = await this.#fetchOne(path)
        if (row !== undefined) return { path: path.storePath, from, ...row }
      } catch (error) {
        if (!isOfThisFile(error)) throw error
        return { path: path.storePath, from, status: 'failed', reason: error.message }
      }
    }
    if (!isAsked)
      return { path: first, from, status: 'failed', reason: `no symbol path, in ${from}` }
    return { path: first, from, status: 'missing' }
  }

  /** Removes those folders that were made for files which did not come after all. */
  async removeEmptyFolders(): Promise<void> {
    const deepestFirst = [...this.#madeFolders].sort((a, b) => b.length - a.length)
    // One with something in it stays.
    for (const folder of deepestFirst) await rmdir(folder).catch(() => {})
  }

  async #fetchOne(path: SymbolPath): Promise<Pick<FetchRow, 'status' | 'size'> | undefined> {
    const { folder, patience } = this.#options
    const target = join(folder, ...path.storePath.split('/'))
    const size = await this.#sizeIfGood(target, path).catch((cause: unknown) => {
      throw this.#localFailure('read', target, cause)
    })
    if (size !== undefined) return { status: 'there', size }
    return await withRetries(patience, () => this.#download(path, target), this.#noteRetry)
  }

  async #download(
    path: SymbolPath,
    target: string,
  ): Promise<{ status: 'fetched'; size: number } | undefined> {
    const { connection } = this.#options
    const url = `/${path.storePath.split('/').map(encodeURIComponent).join('/')}`
    const response = await connection.open({ method: 'GET', path: url })
    if (response.statusCode === 404 || response.statusCode === 410) {
      await response.body.dump()
      if (response.headers['x-symgate-miss'] !== 'trouble') return undefined
      throw new ServerError(`${connection.url} cannot say whether there is ${path.storePath}`, {
        isPassing: true,
      })
    }
    if (response.statusCode !== 200) {
      await response.body.dump()
      throw connection.refusal(response, undefined)
    }
    await this.#makeFolder(dirname(target)).catch(async (cause: unknown) => {
      await response.body.dump()
      throw this.#localFailure('write', target, cause)
    })
    const partial = `${target}.${randomBytes(4).toString('hex')}.part`
    try {
      const file = createWriteStream(partial, { flags: 'wx', highWaterMark: WRITE_BYTES })
      await pipeline(connection.content(response), file)
      const size = await this.#sizeIfGood(partial, path)
      if (size === undefined)
        throw new ServerError(`${connection.url} gives another file than ${path.storePath}`)
      await rename(partial, target)
      return { status: 'fetched', size }
    } catch (error) {
      throw error instanceof ServerError ? error : this.#localFailure('write', target, error)
    } finally {
      await rm(partial, { force: true })
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true })
    if (first === undefined) return
    for (let made = resolve(folder); made.length >= resolve(first).length; made = dirname(made))
      this.#madeFolders.add(made)
  }

  #localFailure(verb: 'read' | 'write', file: string, cause: unknown): AppError {
    const isDisk = isErrno(cause, ...DISK_CODES)
    return new AppError(
      isDisk ? 'disk_full' : 'command_failed',
      `cannot ${verb} ${file} (--out ${this.#options.folder}): ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }

  /** The size of a file that is what the path asks for; undefined when it is not, or not there. */
  async #sizeIfGood(file: string, path: SymbolPath): Promise<number | undefined> {
    try {
      await using reader = await FileReader.open(file)
      const found = await identify(reader, path.file)
      const verdict = verifyContent(found, path)
      return verdict.kind === 'mismatch' || reader.size === 0 ? undefined : reader.size
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
  }
}

function isOfThisFile(error: unknown): error is Error {
  if (error instanceof ServerError) return !error.isGeneral
  return error instanceof AppError && error.code !== 'disk_full'
}
