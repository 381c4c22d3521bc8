import type { Readable } from 'node:stream'
import type { ArchiveLimits } from '../archives/archive-limits.ts'
import { limitExceeded } from '../archives/limit-exceeded.ts'
import { FileReader } from '../lib/file-reader.ts'
import { hashFile } from '../lib/hash-file.ts'
import type { PeekedStream } from '../lib/peek-stream.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import { identify } from '../symbols/identify.ts'
import { judgeOther } from '../symbols/judge-other.ts'
import { isUnsafeName } from '../symbols/is-unsafe-name.ts'
import { plainName } from '../symbols/plain-name.ts'
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

/** Reads a file to its end, staging and identifying it when it can be a symbol file. */
export async function collectFile(
  { head, stream, path, name, isAlone, clone }: ArrivingFile,
  files: StagedFiles,
  limits: ArchiveLimits,
): Promise<CollectedFile> {
  // It may have the compressed name of a file that was never compressed.
  const base = plainName(name === undefined ? undefined : baseName(name), undefined, head)
  if (!couldBeSymbol(head)) {
    // Read to its end all the same: an archive with a damaged member is a damaged archive.
    for await (const _ of stream);
    if (!isAlone) return { kind: 'skipped', path, reason: 'not a symbol file' }
    const { status, reason } = judgeOther(head, base)
    return { kind: status === 'skip' ? 'skipped' : 'rejected', path, reason }
  }
  const { folder } = files
  const staged = files.next()
  const target = folder.path(staged)
  const staging =
    clone === undefined ? stageFile(stream, target) : stageClone(clone, stream, target)
  const { size, sha256 } = await staging.catch(async (error) => {
    await folder.remove(staged)
    throw error
  })
  if (size > limits.maxEntryBytes) throw limitExceeded('maxEntryBytes', limits, path)
  await using reader = await FileReader.open(folder.path(staged))
  const identification = await identify(reader, base)
  const servable = base === undefined || !isUnsafeName(base)
  if (identification.status === 'accept' && servable) {
    return { kind: 'accepted', path, identification, staged, size, sha256 }
  }
  await folder.remove(staged)
  if (identification.status === 'accept') {
    return { kind: 'rejected', path, reason: 'no client can ask for a file of this name' }
  }
  const { reason } = identification
  if (identification.status === 'skip') return { kind: 'skipped', path, reason }
  const { kind } = identification
  return { kind: 'rejected', path, reason, ...(kind !== undefined && { fileKind: kind }) }
}

async function stageClone(
  clone: (target: string) => Promise<boolean>,
  stream: Readable,
  target: string,
): Promise<{ size: number; sha256: string }> {
  if (!(await clone(target))) return await stageFile(stream, target)
  stream.destroy()
  return await hashFile(target)
}
