import type { Readable } from 'node:stream'
import type { ArchiveEntry } from '../archives/archive-entry.ts'
import type { ArchiveLimits } from '../archives/archive-limits.ts'
import { detectFormat } from '../archives/detect-format.ts'
import { gunzip } from '../archives/gunzip.ts'
import { readTar } from '../archives/read-tar.ts'
import { limitExceeded } from '../archives/limit-exceeded.ts'
import { readZip } from '../archives/read-zip.ts'
import { AppError } from '../lib/app-error.ts'
import { FileReader } from '../lib/file-reader.ts'
import { peekStream } from '../lib/peek-stream.ts'
import type { StagingFolder } from '../storage/blob-store.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import { identify } from '../symbols/identify.ts'
import type { CollectedFile } from './collected-file.ts'
import { isUnsafeName } from '../symbols/is-unsafe-name.ts'
import { stageFile } from './stage-file.ts'
import type { UploadPart } from './upload.ts'

/** What is read of a file to tell what it is: enough for every magic and for a tar header. */
const HEAD_BYTES = 4096

/** Layers of gzip around an archive: one of its own, one of the transfer (`Content-Encoding: gzip`). */
const MAX_GZIP_LAYERS = 2

/** File of the staging folder that holds a zip while its members are read. */
const SPOOL = 'spool.zip'

export interface CollectOptions {
  readonly folder: StagingFolder
  readonly limits: ArchiveLimits
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
    await collectPart(part, files, options)
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
  options: CollectOptions,
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
    if (format !== undefined) {
      const readable = 'zip, tar, tar.gz and single files, plain or gzip, can be read'
      throw new AppError('unsupported_format', `the body is ${format}: ${readable}`)
    }
    return await collectSingle(stream, peeked.head, name, files, options)
  }
}

async function collectZip(
  stream: Readable,
  files: CollectedFile[],
  options: CollectOptions,
): Promise<void> {
  const spool = options.folder.path(SPOOL)
  await stageFile(stream, spool)
  try {
    await collectEntries(readZip(spool, options.limits), files, options)
  } finally {
    await options.folder.remove(SPOOL)
  }
}

async function collectEntries(
  entries: AsyncIterable<ArchiveEntry>,
  files: CollectedFile[],
  options: CollectOptions,
): Promise<void> {
  for await (const entry of entries) {
    if (entry.kind === 'special') {
      files.push({ kind: 'skipped', path: entry.path, reason: entry.reason })
      continue
    }
    const { head, stream } = await peekStream(await entry.open(), HEAD_BYTES)
    files.push(
      await collectFile(
        stream,
        head,
        entry.path,
        baseName(entry.path),
        String(files.length),
        options,
      ),
    )
  }
}

async function collectSingle(
  stream: Readable,
  head: Uint8Array,
  name: string | undefined,
  files: CollectedFile[],
  options: CollectOptions,
): Promise<void> {
  if (head.byteLength === 0) throw new AppError('request_invalid', 'the upload is empty')
  const staged = String(files.length)
  const file = await collectFile(
    stream,
    head,
    name ?? '(unnamed)',
    name === undefined ? undefined : baseName(name),
    staged,
    options,
  )
  if (file.kind === 'accepted' && file.identification.needsName === true) {
    const { kind } = file.identification
    throw new AppError(
      'name_required',
      `a ${kind} file is found by its name: give it with upload_file=NAME`,
    )
  }
  files.push(file)
}

async function collectFile(
  stream: Readable,
  head: Uint8Array,
  path: string,
  name: string | undefined,
  staged: string,
  { folder, limits }: CollectOptions,
): Promise<CollectedFile> {
  if (!couldBeSymbol(head)) {
    // Read to its end all the same: an archive with a damaged member is a damaged archive.
    for await (const _ of stream);
    return { kind: 'skipped', path, reason: 'not a symbol file' }
  }
  const { size, sha256 } = await stageFile(stream, folder.path(staged))
  if (size > limits.maxEntryBytes) throw limitExceeded('maxEntryBytes', limits, path)
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

function baseName(path: string): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  return name === '' ? undefined : name
}
