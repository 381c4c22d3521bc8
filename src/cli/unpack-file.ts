import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { UnpackedFile } from '../agent/inspect-file.ts'
import { collectFile } from '../ingest/collect-file.ts'
import type { CollectOptions } from '../ingest/collect-options.ts'
import { StagedFiles } from '../ingest/staged-files.ts'
import { unfold } from '../ingest/unfold.ts'
import { AppError } from '../lib/app-error.ts'

/**
 * What a file that is compressed by itself holds, as a server would find it; a text that says why it is
 * none: it is an archive of several, or holds no symbol file.
 */
export async function unpackFile(
  path: string,
  options: CollectOptions,
): Promise<UnpackedFile | string> {
  const staged = new StagedFiles(options.folder)
  try {
    const unfolded = await unfold(
      { body: createReadStream(path), fileName: basename(path) },
      options,
      path,
    )
    if (unfolded.kind === 'archive')
      return 'an archive: push what is in it, or upload it as it is (docs/uploading.md)'
    const file = await collectFile({ ...unfolded, path, isAlone: false }, staged, options.limits)
    if (file.kind === 'skipped') return file.reason
    if (file.kind !== 'accepted') return rejected(file.reason)
    await staged.settle()
    await options.folder.remove(file.staged)
    return { found: file.identification, size: file.size, sha256: file.sha256 }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return rejected(error.message)
  }
}

function rejected(reason: string): UnpackedFile {
  return { found: { status: 'reject', reason }, size: 0, sha256: '' }
}
