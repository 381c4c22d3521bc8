import { Readable } from 'node:stream'
import { ArchiveBudget } from '../archives/archive-budget.ts'
import type { ArchiveEntry } from '../archives/archive-entry.ts'
import type { ArchiveLimits } from '../archives/archive-limits.ts'
import { detectFormat } from '../archives/detect-format.ts'
import { parseEntryPath } from '../archives/entry-path.ts'
import { ExpansionRatio } from '../archives/expansion-ratio.ts'
import { gunzip } from '../archives/gunzip.ts'
import { limitExceeded } from '../archives/limit-exceeded.ts'
import { readTar } from '../archives/read-tar.ts'
import { readZip } from '../archives/read-zip.ts'
import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'
import { AppError } from '../lib/app-error.ts'
import { FileReader } from '../lib/file-reader.ts'
import { peekStream } from '../lib/peek-stream.ts'
import type { StagingFolder } from '../storage/blob-store.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import { identify } from '../symbols/identify.ts'
import type { CollectedFile } from './collected-file.ts'
import { isUnsafeName } from '../symbols/is-unsafe-name.ts'
import { plainName } from '../symbols/plain-name.ts'
import { openCabinet } from './open-cabinet.ts'
import { stageFile } from './stage-file.ts'
import { unwrapFile, type UnwrapOptions } from './unwrap-file.ts'
import type { UploadPart } from './upload.ts'
import { wrappingOf, type Wrapping } from './wrapping-of.ts'

/** What is read of a file to tell what it is: enough for every magic and for a tar header. */
const HEAD_BYTES = 4096

/** Layers of gzip around an archive: one of its own, one of the transfer (`Content-Encoding: gzip`). */
const MAX_GZIP_LAYERS = 2

/** File of the staging folder that holds a zip while its members are read. */
const SPOOL = 'spool.zip'

/** What is wrong with a file of an archive that is one itself, and not with the archive around it. */
const FILE_FAULTS: ReadonlySet<string> = new Set([
  'archive_damaged',
  'archive_hostile',
  'unsupported_format',
])

export interface CollectOptions {
  readonly folder: StagingFolder
  readonly limits: ArchiveLimits
  readonly cabinets: CabinetThreads
}

/**
 * Reads every part of an upload to its end: each symbol file in it is staged and identified, everything
 * else becomes a row that says why not. What the bytes are is told by the bytes alone.
 */
export async function collectFiles(
  parts: AsyncIterable<UploadPart>,
  options: CollectOptions,
): Promise<readonly CollectedFile[]> {
  const files: CollectedFile[] = []
  for await (const part of parts) {
    const unfolding = { budget: new ArchiveBudget(options.limits), ratio: new ExpansionRatio() }
    await collectPart(part, files, { ...options, unfolding })
    checkTotals(files, options.limits)
  }
  return files
}

/** A form may hold many archives, and what one may unfold to is the limit for all of them. */
function checkTotals(files: readonly CollectedFile[], limits: ArchiveLimits): void {
  const last = files.at(-1)?.path ?? ''
  if (files.length > limits.maxEntries) throw limitExceeded('maxEntries', limits, last)
  let bytes = 0
  for (const file of files) if (file.kind === 'accepted') bytes += file.size
  if (bytes > limits.maxExpandedBytes) throw limitExceeded('maxExpandedBytes', limits, last)
}

async function collectPart(
  part: UploadPart,
  files: CollectedFile[],
  options: UnwrapOptions,
): Promise<void> {
  let stream = part.body
  let name = part.fileName
  for (let layer = 0; ; layer++) {
    const peeked = await peekStream(stream, HEAD_BYTES)
    const format = detectFormat(peeked.head)
    stream = peeked.stream
    if (format === 'gzip' && layer < MAX_GZIP_LAYERS) {
      stream = gunzip(stream, options.limits)
      name = name?.replace(/\.gz$/i, '')
      continue
    }
    if (format === 'zip') return await collectZip(stream, files, options)
    if (format === 'tar')
      return await collectEntries(readTar(stream, options.limits), files, options)
    if (format === 'cab') return await collectCabinet(stream, name, files, options)
    if (format !== undefined) {
      const readable = 'zip, tar, tar.gz, cab and single files, plain or gzip, can be read'
      throw new AppError('unsupported_format', `the body is ${format}: ${readable}`)
    }
    const staged = String(files.length)
    const base = name && baseName(name)
    const file = await collectSingle(stream, peeked.head, name, base, staged, options)
    count(file, options)
    files.push(file)
    return
  }
}

async function collectZip(
  stream: Readable,
  files: CollectedFile[],
  options: UnwrapOptions,
): Promise<void> {
  const spool = options.folder.path(SPOOL)
  await stageFile(stream, spool)
  try {
    await collectEntries(readZip(spool, options.limits), files, options)
  } finally {
    await options.folder.remove(SPOOL)
  }
}

/** A cabinet of one file is this file, under the name of the upload; one of several is an archive. */
async function collectCabinet(
  source: Readable,
  name: string | undefined,
  files: CollectedFile[],
  options: UnwrapOptions,
): Promise<void> {
  const cabinet = await openCabinet(source, options.cabinets, options.unfolding)
  try {
    const [only, second] = cabinet.files
    if (only !== undefined && second === undefined) {
      const { head, stream } = await peekStream(cabinet.open(only), HEAD_BYTES)
      const plain = plainName(name && baseName(name), baseName(only.name), head)
      files.push(await collectSingle(stream, head, name, plain, String(files.length), options))
      return
    }
    for (const file of cabinet.files) {
      const { path } = parseEntryPath(file.name)
      const { head, stream } = await peekStream(cabinet.open(file), HEAD_BYTES)
      files.push(await collectEntry(stream, head, path, String(files.length), options))
    }
  } finally {
    await cabinet.close()
  }
}

async function collectEntries(
  entries: AsyncIterable<ArchiveEntry>,
  files: CollectedFile[],
  options: UnwrapOptions,
): Promise<void> {
  for await (const entry of entries) {
    if (entry.kind === 'special') {
      files.push({ kind: 'skipped', path: entry.path, reason: entry.reason })
      continue
    }
    const { head, stream } = await peekStream(await entry.open(), HEAD_BYTES)
    const file = await collectEntry(stream, head, entry.path, String(files.length), options)
    if (wrappingOf(head, entry.path) === undefined) count(file, options)
    files.push(file)
  }
}

/** A file of an archive. Where it is compressed itself and that is damaged, it is one rejected row. */
async function collectEntry(
  stream: Readable,
  head: Uint8Array,
  path: string,
  staged: string,
  options: UnwrapOptions,
): Promise<CollectedFile> {
  const wrapping = wrappingOf(head, path)
  if (wrapping === undefined) {
    return await collectFile(stream, head, path, baseName(path), staged, options)
  }
  // What goes wrong inside must leave the rest of the entry readable.
  const inside = Readable.from(stream.iterator({ destroyOnReturn: false }))
  const file = await collectWrapped(inside, wrapping, path, staged, options).catch(
    async (error: unknown): Promise<CollectedFile> => {
      if (!(error instanceof AppError) || !FILE_FAULTS.has(error.code)) throw error
      await options.folder.remove(staged)
      return { kind: 'rejected', path, reason: error.message }
    },
  )
  // To its end: what is wrong with the entry itself is wrong with the archive.
  for await (const _ of stream);
  return file
}

async function collectWrapped(
  source: Readable,
  wrapping: Wrapping,
  path: string,
  staged: string,
  options: UnwrapOptions,
): Promise<CollectedFile> {
  const file = await unwrapFile(source, wrapping, `${staged}.${wrapping}`, options)
  if (file.kind === 'several') {
    return { kind: 'skipped', path, reason: 'an archive in the archive, which is not opened' }
  }
  try {
    const { head, stream } = await peekStream(file.content, HEAD_BYTES)
    const name = plainName(baseName(path), baseName(file.member), head)
    return await collectFile(stream, head, path, name, staged, options)
  } finally {
    await file.close()
  }
}

async function collectSingle(
  stream: Readable,
  head: Uint8Array,
  path: string | undefined,
  name: string | undefined,
  staged: string,
  options: UnwrapOptions,
): Promise<CollectedFile> {
  if (head.byteLength === 0) throw new AppError('request_invalid', 'the upload is empty')
  const file = await collectFile(stream, head, path ?? '(unnamed)', name, staged, options)
  if (file.kind === 'accepted' && file.identification.needsName === true) {
    const { kind } = file.identification
    throw new AppError(
      'name_required',
      `a ${kind} file is found by its name: give it with upload_file=NAME`,
    )
  }
  return file
}

/** `given` may be the compressed name of a file that was never compressed. */
async function collectFile(
  stream: Readable,
  head: Uint8Array,
  path: string,
  given: string | undefined,
  staged: string,
  { folder }: UnwrapOptions,
): Promise<CollectedFile> {
  if (!couldBeSymbol(head)) {
    // Read to its end all the same: an archive with a damaged member is a damaged archive.
    for await (const _ of stream);
    return { kind: 'skipped', path, reason: 'not a symbol file' }
  }
  const name = plainName(given, undefined, head)
  const { size, sha256 } = await stageFile(stream, folder.path(staged))
  await using reader = await FileReader.open(folder.path(staged))
  const identification = await identify(reader, name)
  const servable = name === undefined || !isUnsafeName(name)
  if (identification.status === 'accept' && servable) {
    return { kind: 'accepted', path, identification, staged, size, sha256 }
  }
  await folder.remove(staged)
  if (identification.status === 'accept') {
    return { kind: 'rejected', path, reason: 'no client can ask for a file of this name' }
  }
  const kind = identification.status === 'reject' ? 'rejected' : 'skipped'
  return { kind, path, reason: identification.reason }
}

/** Counts a file that was not decompressed here against the limits. Throws `limit_exceeded`. */
function count(file: CollectedFile, { unfolding }: UnwrapOptions): void {
  if (file.kind !== 'accepted') return
  unfolding.budget.enter(file.path, 0)
  unfolding.budget.spend(file.size)
}

function baseName(path: string): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  return name === '' ? undefined : name
}
