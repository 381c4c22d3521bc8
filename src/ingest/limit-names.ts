import type { CollectedFile } from './collected-file.ts'
import { nameLimit } from './name-limit.ts'
import type { Uploader } from './upload.ts'

/** The file, rejected if its uploader may not publish under one of the names by which it can be asked for. */
export function limitNames(file: CollectedFile, uploader: Uploader | undefined): CollectedFile {
  if (file.kind !== 'accepted') return file
  const { path, identification } = file
  const reason = nameLimit({ path, keys: identification.keys }, uploader)
  if (reason === undefined) return file
  return { kind: 'rejected', path, reason, fileKind: identification.kind }
}
