import { createReadStream } from 'node:fs'
import { PassThrough, pipeline, Readable } from 'node:stream'
import { createGzip, createZstdCompress } from 'node:zlib'
import { writeTar, type TarMember } from '../archives/write-tar.ts'
import type { LocalSymbol } from './local-file.ts'
import { memberPath } from './member-path.ts'
import type { Progress } from './progress.ts'
import type { PushRow, PushStatus } from './push-report.ts'
import { ServerError } from './server-error.ts'
import type { PushDetails, SymbolServer, UploadAnswer } from './symbol-server.ts'
import { withRetries, type Patience } from './with-retries.ts'

const READ_BYTES = 1 << 20

export interface BatchSenderOptions {
  readonly server: SymbolServer
  readonly details: PushDetails
  readonly patience: Patience
  readonly progress: Progress
  /** Told of the bytes that go over the wire. */
  readonly sent: (bytes: number) => void
}

/** How the content goes over the wire. */
type Coding = 'zstd' | 'gzip' | 'none'

/** Sends packages, each until it has got through or is refused. */
export class BatchSender {
  readonly #options: BatchSenderOptions

  constructor(options: BatchSenderOptions) {
    this.#options = options
  }

  /**
   * Sends the files as one package and gives a row for each. After a broken connection the server is
   * asked what it has got. Fails with a ServerError where no answer could be had.
   */
  async send(batch: readonly LocalSymbol[]): Promise<readonly PushRow[]> {
    const { patience, progress, details, server } = this.#options
    const rows: PushRow[] = []
    let rest = batch
    let coding: Coding = 'zstd'
    let isFirst = true
    const attempt = async (): Promise<void> => {
      if (!isFirst) {
        const states = await server.states(rest)
        const isWhole = states.every((state) => state === 'present')
        // A strict package is whole or not there.
        if (!details.strict || isWhole) {
          for (const [index, file] of rest.entries())
            if (states[index] === 'present') rows.push(toRow(file, 'stored'))
          rest = rest.filter((_, index) => states[index] !== 'present')
        }
        if (rest.length === 0) return
      }
      isFirst = false
      rows.push(...(await this.#upload(rest, coding)))
      rest = []
    }
    const patiently = (): Promise<void> =>
      withRetries(patience, attempt, (error, delayMs) => {
        progress.note(`${error.message}; again in ${Math.ceil(delayMs / 1000)} s`)
      })
    try {
      await patiently()
    } catch (error) {
      // What unfolds by more than the server believes, as a PDB full of holes does, goes as it is.
      if (!(error instanceof ServerError) || error.status !== 413) throw error
      coding = 'none'
      await patiently()
    }
    return rows
  }

  async #upload(files: readonly LocalSymbol[], coding: Coding): Promise<readonly PushRow[]> {
    const { server, details, progress, sent } = this.#options
    let done = 0
    const members = files.map((file): TarMember & { file: LocalSymbol } => ({
      file,
      path: memberPath(file.path),
      size: file.bytesOnDisk,
      open: () => counted(createReadStream(file.path, { highWaterMark: READ_BYTES }), (bytes) => {
        done += bytes
        progress.advance(bytes)
      }),
    }))
    const { body, contentType } = encode(Readable.from(writeTar(members), { objectMode: false }), coding)
    body.on('data', (chunk: Buffer) => sent(chunk.byteLength))
    body.pause()
    try {
      const answer = await server.upload(details, body, contentType)
      return toRows(members, answer)
    } catch (error) {
      progress.advance(-done)
      throw error
    }
  }
}

async function* counted(
  source: Readable,
  add: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    add(chunk.byteLength)
    yield chunk
  }
}

function encode(tar: Readable, coding: Coding): { body: Readable; contentType: string } {
  if (coding === 'none') return { body: tar, contentType: 'application/x-tar' }
  const body = coding === 'zstd' ? createZstdCompress() : createGzip()
  pipeline(tar, body, () => {})
  return { body, contentType: `application/${coding}` }
}

function toRows(
  members: readonly (TarMember & { file: LocalSymbol })[],
  { id, files }: UploadAnswer,
): readonly PushRow[] {
  const answered = new Map(files.map((row) => [row.path, row]))
  return members.map(({ path, file }) => {
    const row = answered.get(path)
    if (row === undefined) return { ...toRow(file, 'failed'), reason: 'the server does not say' }
    const reason = row.reason === undefined ? {} : { reason: row.reason }
    return { ...toRow(file, STATUS[row.status] ?? 'failed'), ...reason, package: id }
  })
}

const STATUS: Readonly<Record<string, PushStatus>> = {
  stored: 'stored',
  duplicate: 'present',
  conflict: 'different',
  rejected: 'rejected',
  // It was taken for a symbol file here.
  skipped: 'withheld',
}

function toRow({ path, key, size, sha256 }: LocalSymbol, status: PushStatus): PushRow {
  return { path, status, key, size, sha256 }
}
