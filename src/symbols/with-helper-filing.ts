import type { AcceptedFile } from './identification.ts'
import { identityKey } from './identity.ts'
import { isClrHelper } from './is-clr-helper.ts'
import { parseSymbolPath } from './symbol-path.ts'

/**
 * The file, answering for the path too under which an archive or tree files it, where that is the one thing that
 * tells whose helper it is: debuggers ask for the helpers of a .NET runtime by the id of the runtime.
 */
export function withHelperFiling(file: AcceptedFile, path: string): AcceptedFile {
  const match = parseSymbolPath(path.split('/').slice(-3))
  if (match.kind !== 'symbol' || match.path.form !== 'plain') return file
  const { name, identities, storePath } = match.path
  if (!isClrHelper(name)) return file
  const own = new Set(file.identities.map(identityKey))
  if (identities.some((identity) => own.has(identityKey(identity)))) return file
  const filed = identities.filter(({ kind }) => kind === 'pe' || kind === 'path')
  return {
    ...file,
    identities: [...file.identities, ...filed],
    keys: [...file.keys, storePath],
  }
}
