import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { detectFormat } from '../archives/detect-format.ts'
import type { CollectOptions } from '../ingest/collect-options.ts'
import type { CollectedFile } from '../ingest/collected-file.ts'
import { collectFile } from '../ingest/collect-file.ts'
import { MemberCollector } from '../ingest/member-collector.ts'
import { StagedFiles } from '../ingest/staged-files.ts'
import { unfold } from '../ingest/unfold.ts'
import { AppError } from '../lib/app-error.ts'
import { FileReader } from '../lib/file-reader.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import { identify } from '../symbols/identify.ts'
import type { Identification } from '../symbols/identification.ts'

/** As much as tells every archive. */
const HEAD_BYTES = 36 << 10

/** What one path, or one member of the archive there, is. */
export interface IdentifiedPath {
  /** The path as given, with `!` and the member's path behind it. */
  readonly path: string
  readonly found: Identification
}

/**
 * Tells what a file is, or each member of an archive; a compressed single file is what is in it. An
 * archive that an upload would be refused for is one row with the reason. `options` are asked for only
 * where content has to be unpacked. Rejects when the file cannot be read.
 */
export async function identifyPath(
  path: string,
  options: () => Promise<CollectOptions>,
): Promise<readonly IdentifiedPath[]> {
  await using reader = await FileReader.open(path)
  const head = await reader.read(0, HEAD_BYTES)
  if (couldBeSymbol(head) || detectFormat(head) === undefined) {
    return [{ path, found: await identify(reader, basename(path)) }]
  }
  try {
    return await unpack(path, await options())
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [{ path, found: { status: 'reject', reason: error.message } }]
  }
}

async function unpack(path: string, options: CollectOptions): Promise<readonly IdentifiedPath[]> {
  const { folder, limits } = options
  const staged = new StagedFiles(folder)
  const part = { body: createReadStream(path), fileName: basename(path) }
  const unfolded = await unfold(part, options, path)
  if (unfolded.kind === 'file') {
    const file = await collectFile({ ...unfolded, path, isAlone: true }, staged, limits)
    return [await toRow(path, file, staged)]
  }
  const rows: IdentifiedPath[] = []
  const members = new MemberCollector(staged, options)
  for await (const entry of unfolded.entries) {
    const file = await members.collect(entry)
    rows.push(await toRow(`${path}!${file.path}`, file, staged))
  }
  if (rows.length > 0) return rows
  return [{ path, found: { status: 'skip', reason: 'the archive holds no files' } }]
}

async function toRow(
  path: string,
  file: CollectedFile,
  staged: StagedFiles,
): Promise<IdentifiedPath> {
  switch (file.kind) {
    case 'accepted':
      await staged.settle()
      await staged.folder.remove(file.staged)
      return { path, found: file.identification }
    case 'rejected': {
      const { reason, fileKind } = file
      const kind = fileKind === undefined ? {} : { kind: fileKind }
      return { path, found: { status: 'reject', ...kind, reason } }
    }
    case 'skipped':
      return { path, found: { status: 'skip', reason: file.reason } }
  }
}
