import type { LocalSymbol } from './local-file.ts'
import { OutgoingPackage } from './outgoing-package.ts'
import type { Progress } from './progress.ts'
import type { PushRow, PushStatus } from './push-report.ts'
import { ServerError } from './server-error.ts'
import type { PushDetails, SymbolServer, UploadAnswer } from './symbol-server.ts'
import { withRetries, type Patience } from './with-retries.ts'

export interface BatchSenderOptions {
  readonly server: SymbolServer
  readonly details: PushDetails
  readonly patience: Patience
  readonly progress: Progress
  /** Told of the bytes that go over the wire. */
  readonly sent: (bytes: number) => void
}

/** What became of a batch: a row for each file, and what kept some of them from being sent. */
export interface BatchResult {
  readonly rows: readonly PushRow[]
  readonly trouble: ServerError | undefined
}

const STATUS: Readonly<Record<string, PushStatus>> = {
  stored: 'stored',
  duplicate: 'present',
  conflict: 'different',
  rejected: 'rejected',
  // It was taken for a symbol file here.
  skipped: 'withheld',
}

/** Sends packages, each until it has got through or is refused. */
export class BatchSender {
  readonly #options: BatchSenderOptions

  constructor(options: BatchSenderOptions) {
    this.#options = options
  }

  /** Sends the files as one package. After a broken connection the server is asked first what it has got. */
  async send(batch: readonly LocalSymbol[]): Promise<BatchResult> {
    const { patience, progress } = this.#options
    const sending = new Sending(this.#options, batch)
    const patiently = (): Promise<void> =>
      withRetries(
        patience,
        () => sending.attempt(),
        (error, delayMs) => {
          progress.note(`${error.message}; again in ${Math.ceil(delayMs / 1000)} s`)
        },
      )
    try {
      await patiently().catch(async (error: unknown) => {
        // What unfolds by more than a server believes, as a PDB full of holes does, goes as it is.
        if (!(error instanceof ServerError) || error.status !== 413) throw error
        sending.isCompressed = false
        await patiently()
      })
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      sending.giveUp(error.message)
      return { rows: sending.rows, trouble: error }
    }
    return { rows: sending.rows, trouble: undefined }
  }
}

/** One batch on its way. */
class Sending {
  readonly rows: PushRow[] = []
  isCompressed = true
  readonly #options: BatchSenderOptions
  #rest: readonly LocalSymbol[]
  #isFirst = true

  constructor(options: BatchSenderOptions, batch: readonly LocalSymbol[]) {
    this.#options = options
    this.#rest = batch
  }

  giveUp(reason: string): void {
    this.rows.push(...this.#rest.map((file) => ({ ...toRow(file, 'failed'), reason })))
  }

  async attempt(): Promise<void> {
    if (!this.#isFirst) await this.#leaveOutWhatIsThere()
    this.#isFirst = false
    const { server, details, progress, sent } = this.#options
    while (this.#rest.length > 0) {
      const outgoing = new OutgoingPackage(this.#rest, {
        isCompressed: this.isCompressed,
        read: (bytes) => progress.advance(bytes),
        sent,
      })
      try {
        const { body, contentType } = outgoing
        const answer = await server.upload(details, body, contentType)
        this.rows.push(...toRows(outgoing, answer))
        return
      } catch (error) {
        progress.advance(-outgoing.readBytes)
        const { failure } = outgoing
        if (failure === undefined) throw error
        this.#drop(failure.file, failure.reason)
      } finally {
        outgoing.body.destroy()
      }
    }
  }

  /** A file that cannot be read any more fails alone, but in a strict package with all others. */
  #drop(unreadable: LocalSymbol, reason: string): void {
    this.rows.push({ ...toRow(unreadable, 'failed'), reason })
    const others = this.#rest.filter((file) => file !== unreadable)
    const { strict } = this.#options.details
    if (strict) this.rows.push(...others.map((file) => toRow(file, 'withheld')))
    this.#rest = strict ? [] : others
  }

  async #leaveOutWhatIsThere(): Promise<void> {
    const { server, details, progress } = this.#options
    const states = await server.states(this.#rest)
    // A strict package is there as a whole or not at all.
    if (details.strict && states.some((state) => state !== 'present')) return
    const there = this.#rest.filter((_, index) => states[index] === 'present')
    this.rows.push(...there.map((file) => toRow(file, 'stored')))
    progress.advance(there.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0))
    this.#rest = this.#rest.filter((_, index) => states[index] !== 'present')
  }
}

function toRows({ members }: OutgoingPackage, { id, files }: UploadAnswer): readonly PushRow[] {
  const answered = new Map(files.map((row) => [row.path, row]))
  return members.map(({ path, file }) => {
    const row = answered.get(path)
    if (row === undefined) return { ...toRow(file, 'failed'), reason: 'the server does not say' }
    const reason = row.reason === undefined ? {} : { reason: row.reason }
    return { ...toRow(file, STATUS[row.status] ?? 'failed'), ...reason, package: id }
  })
}

function toRow({ path, key, size, sha256 }: LocalSymbol, status: PushStatus): PushRow {
  return { path, status, key, size, sha256 }
}
