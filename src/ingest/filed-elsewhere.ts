import { identityKey } from '../symbols/identity.ts'
import type { AcceptedFile } from '../symbols/identification.ts'
import { parseSymbolPath } from '../symbols/symbol-path.ts'

/** Says so when the archive or tree files the member under a symbol path that is not the file's own; content decides. */
export function filedElsewhere(path: string, identification: AcceptedFile): string | undefined {
  const filed = path.split('/').slice(-3)
  const match = parseSymbolPath(filed)
  if (match.kind !== 'symbol') return undefined
  const own = new Set(identification.identities.map(identityKey))
  if (match.path.identities.some((identity) => own.has(identityKey(identity)))) return undefined
  return `it is filed under ${filed.join('/')}, its content says ${identification.keys[0] ?? 'otherwise'}`
}
