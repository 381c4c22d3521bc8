import { plainPath } from '../../symbols/plain-path.ts'
import type { SymbolPath } from '../../symbols/symbol-path.ts'
import type { DebuginfodRequest } from './debuginfod-request.ts'
import type { SymbolRequest } from './symbol-request.ts'

/** A request for a file, or for a part of one. */
export type Wanted = Extract<
  SymbolRequest | DebuginfodRequest,
  { kind: 'symbol' | 'debuginfod' | 'section' }
>

/** What is sent of a file that was found: the file itself, a cabinet of it, or one section. */
export type SentForm =
  | { readonly kind: 'symbol' | 'debuginfod' | 'cabinet' }
  | { readonly kind: 'section'; readonly section: string }

/** Where to look, one after the other, and in which form what is found there is sent. */
export function planAnswer(
  wanted: Wanted,
  serveCompressed: boolean,
): { readonly paths: readonly SymbolPath[]; readonly form: SentForm } {
  switch (wanted.kind) {
    case 'section':
      return { paths: wanted.paths, form: wanted }
    case 'debuginfod':
      return { paths: [wanted.path], form: wanted }
    case 'symbol': {
      const isCabinet = serveCompressed && wanted.path.form === 'compressed'
      const path = isCabinet ? plainPath(wanted.path) : wanted.path
      return { paths: [path], form: { kind: isCabinet ? 'cabinet' : 'symbol' } }
    }
  }
}
