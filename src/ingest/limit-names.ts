import { matchesWildcard } from '../lib/matches-wildcard.ts'
import { baseName } from './base-name.ts'
import type { CollectedFile } from './collected-file.ts'
import type { Uploader } from './upload.ts'

/**
 * The file, rejected if its uploader may not publish under one of the names by which it can be asked for. Files
 * that are asked for by their id alone (SSQP's `_.debug`, `_.dwarf`) go by the name that they came with.
 */
export function limitNames(file: CollectedFile, uploader: Uploader | undefined): CollectedFile {
  if (file.kind !== 'accepted' || uploader === undefined || uploader.names.length === 0) return file
  const { names } = uploader
  const own = file.identification.keys
    .map((key) => key.slice(0, key.indexOf('/')))
    .filter((name) => !name.startsWith('_.'))
  const asked = new Set(own.length > 0 ? own : [baseName(file.path) ?? file.path])
  const foreign = [...asked].find(
    (name) => !names.some((pattern) => matchesWildcard(pattern, name)),
  )
  if (foreign === undefined) return file
  const { path, identification } = file
  const reason = `the token may publish files named ${names.join(', ')} only, not ${JSON.stringify(foreign)}`
  return { kind: 'rejected', path, reason, fileKind: identification.kind }
}
