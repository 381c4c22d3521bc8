import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { FileReader } from '../lib/file-reader.ts'
import { isErrno } from '../lib/is-errno.ts'
import { identify } from '../symbols/identify.ts'
import { parseSymbolPath, type SymbolPath } from '../symbols/symbol-path.ts'
import { verifyContent } from '../symbols/verify-content.ts'
import type { Connection } from './connection.ts'
import type { Progress } from './progress.ts'
import { ServerError } from './server-error.ts'
import type { WantedFile } from './wanted-file.ts'
import { withRetries, type Patience } from './with-retries.ts'

const WRITE_BYTES = 1 << 20

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

  constructor(options: DownloaderOptions) {
    this.#options = options
  }

  /** Gets the file under the first of its paths that the server has. Throws a ServerError that every other file would meet. */
  async fetch({ paths, from }: WantedFile): Promise<FetchRow> {
    const [first = ''] = paths
    for (const text of paths) {
      const match = parseSymbolPath(text.split('/'))
      if (match.kind !== 'symbol') continue
      const { path } = match
      try {
        const row = await this.#fetchOne(path)
        if (row !== undefined) return { path: path.storePath, from, ...row }
      } catch (error) {
        if (!(error instanceof ServerError) || error.isGeneral) throw error
        return { path: path.storePath, from, status: 'failed', reason: error.message }
      }
    }
    return { path: first, from, status: 'missing' }
  }

  async #fetchOne(path: SymbolPath): Promise<Pick<FetchRow, 'status' | 'size'> | undefined> {
    const { folder, patience, progress } = this.#options
    const target = join(folder, ...path.storePath.split('/'))
    const size = await this.#sizeIfGood(target, path)
    if (size !== undefined) return { status: 'there', size }
    return await withRetries(
      patience,
      () => this.#download(path, target),
      ({ message }) => progress.note(`${message}; again soon`),
    )
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
    await mkdir(dirname(target), { recursive: true })
    const partial = `${target}.${randomBytes(4).toString('hex')}.part`
    try {
      const file = createWriteStream(partial, { flags: 'wx', highWaterMark: WRITE_BYTES })
      await pipeline(response.body, file).catch((error: unknown) => {
        throw connection.failure(error)
      })
      const size = await this.#sizeIfGood(partial, path)
      if (size === undefined)
        throw new ServerError(`${connection.url} gives another file than ${path.storePath}`)
      await rename(partial, target)
      return { status: 'fetched', size }
    } finally {
      await rm(partial, { force: true })
    }
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
