import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ArchiveLimits } from '../archives/archive-limits.ts'
import { limitExceeded } from '../archives/limit-exceeded.ts'
import { BytesReader } from '../lib/bytes-reader.ts'
import { FileReader } from '../lib/file-reader.ts'
import { hashFile } from '../lib/hash-file.ts'
import type { PeekedStream } from '../lib/peek-stream.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import type { AcceptedFile, Identification } from '../symbols/identification.ts'
import { identify } from '../symbols/identify.ts'
import { judgeOther } from '../symbols/judge-other.ts'
import { isUnsafeName } from '../symbols/is-unsafe-name.ts'
import { plainName } from '../symbols/plain-name.ts'
import { withHelperFiling } from '../symbols/with-helper-filing.ts'
import { baseName } from './base-name.ts'
import type { CollectedFile } from './collected-file.ts'
import { stageFile } from './stage-file.ts'
import type { StagedFiles } from './staged-files.ts'

/** A file on its way in. */
export interface ArrivingFile extends PeekedStream {
  /** The path of its row. */
  readonly path: string
  /** What it is called, folders and all; undefined when nobody said. */
  readonly name: string | undefined
  /** Whether it was sent alone, and not beside others in an archive. */
  readonly isAlone: boolean
  /** As an archive's entry has it. */
  readonly clone?: ((target: string) => Promise<boolean>) | undefined
}

/** Where a file lies, and what is in it. */
interface StagedFile {
  readonly staged: string
  readonly size: number
  readonly sha256: string
}

/**
 * Reads a file to its end, staging and identifying it when it can be a symbol file. It is staged when
 * `files` has settled.
 */
export async function collectFile(
  file: ArrivingFile,
  files: StagedFiles,
  limits: ArchiveLimits,
): Promise<CollectedFile> {
  const { head, isWhole, stream, path, name, isAlone, clone } = file
  // It may have the compressed name of a file that was never compressed.
  const base = plainName(name === undefined ? undefined : baseName(name), undefined, head)
  if (!couldBeSymbol(head)) {
    // Read to its end all the same: an archive with a damaged member is a damaged archive.
    if (!isWhole) for await (const _ of stream);
    if (!isAlone) return { kind: 'skipped', path, reason: 'not a symbol file' }
    const { status, reason } = judgeOther(head, base)
    return { kind: status === 'skip' ? 'skipped' : 'rejected', path, reason }
  }
  if (isWhole && clone === undefined) {
    if (head.byteLength > limits.maxEntryBytes) throw limitExceeded('maxEntryBytes', limits, path)
    const judged = judge(await identify(new BytesReader(head), base), path, base)
    if (judged.kind !== 'identified') return judged
    return accepted(judged, path, await stageBytes(head, files))
  }
  const staged = await stageStream(stream, clone, files)
  if (staged.size > limits.maxEntryBytes) throw limitExceeded('maxEntryBytes', limits, path)
  await using reader = await FileReader.open(files.folder.path(staged.staged))
  const judged = judge(await identify(reader, base), path, base)
  if (judged.kind === 'identified') return accepted(judged, path, staged)
  await files.folder.remove(staged.staged)
  return judged
}

async function stageStream(
  stream: Readable,
  clone: ArrivingFile['clone'],
  files: StagedFiles,
): Promise<StagedFile> {
  const { folder } = files
  const staged = files.next()
  const target = folder.path(staged)
  try {
    const measured =
      clone !== undefined && (await clone(target))
        ? hashClone(stream, target)
        : stageFile(stream, target, files.proceed)
    return { staged, ...(await measured) }
  } catch (error) {
    await folder.remove(staged)
    throw error
  }
}

async function stageBytes(bytes: Uint8Array, files: StagedFiles): Promise<StagedFile> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { staged: await files.write(bytes), size: bytes.byteLength, sha256 }
}

interface Identified {
  readonly kind: 'identified'
  readonly identification: AcceptedFile
}

function accepted({ identification }: Identified, path: string, staged: StagedFile): CollectedFile {
  return { kind: 'accepted', path, identification, ...staged }
}

/** What becomes of a file that is this, under this name. */
function judge(
  identification: Identification,
  path: string,
  base: string | undefined,
): Identified | Exclude<CollectedFile, { kind: 'accepted' }> {
  if (identification.status === 'accept') {
    if (base === undefined || !isUnsafeName(base)) {
      return { kind: 'identified', identification: withHelperFiling(identification, path) }
    }
    return { kind: 'rejected', path, reason: 'no client can ask for a file of this name' }
  }
  const { reason } = identification
  if (identification.status === 'skip') return { kind: 'skipped', path, reason }
  const { kind } = identification
  return { kind: 'rejected', path, reason, ...(kind !== undefined && { fileKind: kind }) }
}

async function hashClone(
  stream: Readable,
  target: string,
): Promise<{ size: number; sha256: string }> {
  stream.destroy()
  return await hashFile(target)
}
