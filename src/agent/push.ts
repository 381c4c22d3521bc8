import { countOf } from '../lib/count-of.ts'
import { forEachParallel } from '../lib/for-each-parallel.ts'
import { answeredRows } from './answered-rows.ts'
import { BatchSender } from './batch-sender.ts'
import { findFiles } from './find-files.ts'
import { inspectFile, type Unpack } from './inspect-file.ts'
import type { LocalFile, LocalSymbol } from './local-file.ts'
import { nameFiles } from './name-files.ts'
import { noteRetries } from './note-retries.ts'
import { planBatches } from './plan-batches.ts'
import type { Progress } from './progress.ts'
import type { PushReport, PushRow, PushStatus } from './push-report.ts'
import { ServerError } from './server-error.ts'
import type { PushDetails, SymbolServer } from './symbol-server.ts'
import { toPushRow } from './to-push-row.ts'
import { withRetries, type Patience } from './with-retries.ts'

/** Files that are looked into at once. */
const LOOKING = 4

/** Files of one question to the server. */
const ASKED_AT_ONCE = 1000

/** Packages that are sent at once: a server takes four by default, and others may want their turn. */
const SENDING = 3

export interface PushOptions {
  readonly paths: readonly string[]
  readonly server: SymbolServer
  readonly details: PushDetails
  readonly dryRun: boolean
  readonly unpack: Unpack
  readonly patience: Patience
  readonly progress: Progress
}

/**
 * Brings the symbol files below the paths to the server: identifies and hashes them, asks what it lacks,
 * and sends that in packages, several at once. Fails as `findFiles` does, and with a ServerError when the
 * server cannot even be asked; later trouble is told in the report.
 */
export async function push(options: PushOptions): Promise<PushReport> {
  const rows: PushRow[] = []
  const symbols = await lookAt(options, rows)
  const missing = await ask(options, symbols, rows)
  const { dryRun, details } = options
  const isWithheld = details.strict && rows.some(({ status }) => isBad(status))
  if (dryRun || isWithheld) {
    const status = isWithheld ? 'withheld' : 'missing'
    return report([...rows, ...missing.map((file) => toPushRow(file, status))])
  }
  const sent = await send(options, missing, rows)
  const all = await hold(options, symbols, sent)
  const packages = all.rows
    .filter(({ status }) => status === 'stored' || status === 'present')
    .map((row) => row.package)
    .filter((id) => id !== undefined)
  return { ...all, packages: [...new Set(packages)] }
}

/**
 * Makes a package of what was there already: those files came with other packages, and would go with them.
 */
async function hold(
  { server, details, patience, progress }: PushOptions,
  symbols: readonly LocalSymbol[],
  sent: PushReport,
): Promise<PushReport> {
  const present = new Set(
    sent.rows
      .filter((row) => row.status === 'present' && row.package === undefined)
      .map(({ path }) => path),
  )
  // After trouble the next push does it.
  const held = sent.trouble === undefined ? symbols.filter(({ path }) => present.has(path)) : []
  const rows = new Map(sent.rows.map((row) => [row.path, row]))
  let trouble = sent.trouble
  try {
    for (let at = 0; at < held.length; at += ASKED_AT_ONCE) {
      const some = nameFiles(held.slice(at, at + ASKED_AT_ONCE))
      const answer = await withRetries(
        patience,
        () => server.hold(details, some),
        noteRetries(progress),
      )
      for (const row of answeredRows(some, answer, 'it has gone from the server: push again'))
        rows.set(row.path, { ...rows.get(row.path), ...row })
    }
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    trouble = error
  }
  return { ...sent, rows: [...rows.values()], trouble }
}

async function lookAt(
  { paths, progress, unpack }: PushOptions,
  rows: PushRow[],
): Promise<readonly LocalSymbol[]> {
  const found = await findFiles(paths)
  progress.begin('looking at', found.length, 'files')
  const files: (LocalFile | undefined)[] = found.map(() => undefined)
  await forEachParallel(found.entries(), LOOKING, async ([index, file]) => {
    files[index] = await inspectFile(file, unpack)
    progress.advance(1)
  })
  const symbols = new Map<string, LocalSymbol>()
  for (const file of files) {
    if (file === undefined) continue
    if (file.kind !== 'symbol') {
      rows.push({ path: file.path, status: file.kind, reason: file.reason })
      continue
    }
    const known = symbols.get(file.key.toLowerCase())
    if (known === undefined) {
      symbols.set(file.key.toLowerCase(), file)
      continue
    }
    const isSame = known.sha256 === file.sha256
    const reason = `${isSame ? 'the same file as' : 'other bytes under the same id than'} ${known.path}`
    rows.push(toPushRow(file, isSame ? 'present' : 'different', reason))
  }
  return [...symbols.values()]
}

/** The files that the server has to get. */
async function ask(
  { server, details, patience, progress }: PushOptions,
  symbols: readonly LocalSymbol[],
  rows: PushRow[],
): Promise<readonly LocalSymbol[]> {
  progress.begin('asking for', symbols.length, 'files')
  const missing: LocalSymbol[] = []
  for (let at = 0; at < symbols.length; at += ASKED_AT_ONCE) {
    const some = symbols.slice(at, at + ASKED_AT_ONCE)
    const states = await withRetries(patience, () => server.states(some), noteRetries(progress))
    for (const [index, file] of some.entries()) {
      const state = states[index]
      // Whoever says what to do about a conflict wants it to be done.
      const isWanted = state === 'different' && details.onConflict !== undefined
      if (state === 'present') rows.push(toPushRow(file, 'present'))
      else if (state === 'absent' || isWanted) missing.push(file)
      else rows.push(toPushRow(file, 'different', 'the server has other bytes'))
    }
    progress.advance(some.length)
  }
  return missing
}

async function send(
  { server, details, patience, progress }: PushOptions,
  missing: readonly LocalSymbol[],
  rows: PushRow[],
): Promise<PushReport> {
  if (missing.length === 0) return report(rows)
  const batches = planBatches(missing, details.strict)
  progress.begin('sending', sum(missing), 'bytes')
  let sentBytes = 0
  let trouble: ServerError | undefined
  const sender = new BatchSender({
    server,
    details,
    patience,
    progress,
    sent: (bytes) => (sentBytes += bytes),
  })
  await forEachParallel(batches.entries(), SENDING, async ([index, batch]) => {
    if (trouble !== undefined) {
      const reason = trouble.message
      return void rows.push(...batch.map((file) => toPushRow(file, 'failed', reason)))
    }
    const result = await sender.send(batch)
    rows.push(...result.rows)
    const what = result.trouble?.message ?? countOf(batch.length, 'file')
    progress.note(`package ${index + 1} of ${batches.length}: ${what}`)
    if (result.trouble === undefined) return
    // What no other package would come to anything with either.
    if (result.trouble.isGeneral || result.trouble.isPassing) trouble ??= result.trouble
  })
  return report(rows, sentBytes, trouble)
}

function report(rows: readonly PushRow[], sentBytes = 0, trouble?: Error): PushReport {
  return { rows, packages: [], sentBytes, trouble }
}

function isBad(status: PushStatus): boolean {
  return status === 'rejected' || status === 'different' || status === 'failed'
}

function sum(files: readonly LocalSymbol[]): number {
  return files.reduce((total, { bytesOnDisk }) => total + bytesOnDisk, 0)
}
