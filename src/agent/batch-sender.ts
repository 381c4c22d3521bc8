import { answeredRows } from './answered-rows.ts'
import type { LocalSymbol } from './local-file.ts'
import { noteRetries } from './note-retries.ts'
import { OutgoingPackage } from './outgoing-package.ts'
import type { Progress } from './progress.ts'
import type { PushRow } from './push-report.ts'
import { ServerError } from './server-error.ts'
import type { PushDetails, SymbolServer } from './symbol-server.ts'
import { toPushRow } from './to-push-row.ts'
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

/** Sends packages, each until it has got through or is refused. */
export class BatchSender {
  readonly #options: BatchSenderOptions
  readonly #noteRetry: ReturnType<typeof noteRetries>

  constructor(options: BatchSenderOptions) {
    this.#options = options
    this.#noteRetry = noteRetries(options.progress)
  }

  /** Sends the files as one package. After a broken connection the server is asked first what it has got. */
  async send(batch: readonly LocalSymbol[]): Promise<BatchResult> {
    const { patience } = this.#options
    const sending = new Sending(this.#options, batch)
    const patiently = (): Promise<void> =>
      withRetries(patience, () => sending.attempt(), this.#noteRetry)
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
    this.rows.push(...this.#rest.map((file) => toPushRow(file, 'failed', reason)))
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
        this.rows.push(...answeredRows(outgoing.members, answer, 'the server does not say'))
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
    this.rows.push(toPushRow(unreadable, 'failed', reason))
    const others = this.#rest.filter((file) => file !== unreadable)
    const { strict } = this.#options.details
    if (strict) this.rows.push(...others.map((file) => toPushRow(file, 'withheld')))
    this.#rest = strict ? [] : others
  }

  async #leaveOutWhatIsThere(): Promise<void> {
    const { server, details, progress } = this.#options
    const states = await server.states(this.#rest)
    // A strict package is there as a whole or not at all.
    if (details.strict && states.some((state) => state !== 'present')) return
    const there = this.#rest.filter((_, index) => states[index] === 'present')
    // Of this package, whose answer was lost, or of another one: which, the server does not say.
    const reason = 'it was there after the connection broke'
    this.rows.push(...there.map((file) => toPushRow(file, 'present', reason)))
    progress.advance(there.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0))
    this.#rest = this.#rest.filter((_, index) => states[index] !== 'present')
  }
}
