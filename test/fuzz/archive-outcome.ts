import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ArchiveEntry } from '../../src/archives/archive-entry.ts'
import { Expansion } from '../../src/archives/expansion.ts'
import { gunzip } from '../../src/archives/gunzip.ts'
import { readTar } from '../../src/archives/read-tar.ts'
import { readZip } from '../../src/archives/read-zip.ts'
import { AppError, type ErrorCode } from '../../src/lib/app-error.ts'
import type { FuzzInput } from './fuzz-target.ts'

const LIMITS = { maxEntries: 100, maxEntryBytes: 1_000_000, maxExpandedBytes: 3_000_000 }
/** What an archive can be blamed for. */
const BLAME: readonly ErrorCode[] = [
  'archive_damaged',
  'archive_hostile',
  'limit_exceeded',
  'unsupported_format',
]
const CHUNK_BYTES = 64 << 10
const UNSAFE_PATH = /^\/|^[a-z]:|\0|\\|(?:^|\/)\.{1,2}(?:\/|$)/i

/** How reading an archive ended, and what of it should not have been. */
export interface ArchiveOutcome {
  readonly end: 'read' | 'refused'
  readonly problems: readonly string[]
}

/** Reads an archive whose name says of which kind it is, every entry of it, within small limits. */
export async function archiveOutcome(input: FuzzInput, folder: string): Promise<ArchiveOutcome> {
  const problems: string[] = []
  let entries = 0
  let expandedBytes = 0
  try {
    for await (const entry of open(input, folder)) {
      entries += 1
      if (UNSAFE_PATH.test(entry.path)) problems.push(`the path ${JSON.stringify(entry.path)}`)
      // Every third entry is passed over, as files are that are no symbols.
      if (entry.kind === 'special' || entries % 3 === 0) continue
      const bytes = await drain(await entry.open())
      expandedBytes += bytes
      if (bytes > LIMITS.maxEntryBytes) problems.push(`${bytes} bytes of ${entry.path}`)
      if (entry.size !== undefined && entry.size !== bytes)
        problems.push(`${bytes} bytes of ${entry.path} instead of ${entry.size}`)
    }
    return { end: 'read', problems: [...problems, ...beyond(entries, expandedBytes)] }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (!BLAME.includes(error.code)) problems.push(`refused as ${error.code}`)
    return { end: 'refused', problems: [...problems, ...beyond(entries, expandedBytes)] }
  }
}

function open({ name, bytes }: FuzzInput, folder: string): AsyncIterable<ArchiveEntry> {
  if (name.endsWith('.tar')) return readTar(streamOf(bytes), LIMITS)
  if (/\.t?gz$/.test(name)) return readTar(gunzip(streamOf(bytes), new Expansion(LIMITS)), LIMITS)
  const path = join(folder, 'archive.zip')
  writeFileSync(path, bytes)
  return readZip(path, LIMITS)
}

/** In chunks, as an upload comes. */
function streamOf(bytes: Buffer): Readable {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES)
    chunks.push(bytes.subarray(at, at + CHUNK_BYTES))
  return Readable.from(chunks, { objectMode: false })
}

async function drain(stream: Readable): Promise<number> {
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) bytes += chunk.byteLength
  return bytes
}

function beyond(entries: number, expandedBytes: number): string[] {
  return [
    ...(entries > LIMITS.maxEntries ? [`${entries} entries`] : []),
    ...(expandedBytes > LIMITS.maxExpandedBytes ? [`${expandedBytes} bytes in all`] : []),
  ]
}
