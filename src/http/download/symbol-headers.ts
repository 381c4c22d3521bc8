import type { OutgoingHttpHeaders } from 'node:http'
import type { FoundBlob } from '../../lookup/lookup.ts'
import type { ServingFill } from '../../lookup/serving-fill.ts'
import type { SymbolPath } from '../../symbols/symbol-path.ts'
import type { CompressedContents } from './compressed-contents.ts'
import type { Content } from './content.ts'
import { debuginfodHeaders } from './debuginfod-headers.ts'
import type { DownloadAccess } from './download-access.ts'
import type { SentForm } from './plan-answer.ts'

const DAY_SECONDS = 86_400
const YEAR_SECONDS = 31_536_000

export interface SymbolHeadersOptions {
  readonly access: Pick<DownloadAccess, 'cacheability'>
  readonly compressed: Pick<CompressedContents, 'varies'>
  /** Whether answers depend on the page that asks. */
  readonly variesByOrigin: boolean
  /** Whether an upload may put other bytes behind a path that was served before. */
  readonly contentMayChange: boolean
}

/** What is answered, and to whom. */
interface Described {
  readonly path: SymbolPath
  readonly kind: string
  readonly form: SentForm
  readonly answer: FoundBlob | { readonly kind: 'fill'; readonly fill: ServingFill }
  readonly plain: Content
  readonly access: 'anonymous' | 'authenticated'
}

/** The headers of answers that bring a file, but for those of its bytes. */
export class SymbolHeaders {
  readonly #options: SymbolHeadersOptions

  constructor(options: SymbolHeadersOptions) {
    this.#options = options
  }

  /** Those of one answer. */
  of({ path, kind, form, answer, plain, access }: Described): OutgoingHttpHeaders {
    const vary = this.#vary(path, kind, form)
    const changing = kind === 'pe' || kind === 'dbg' || this.#options.contentMayChange
    const lifetime = changing ? `max-age=${DAY_SECONDS}` : `max-age=${YEAR_SECONDS}, immutable`
    return {
      'content-type':
        path.form === 'breakpad' ? 'text/plain; charset=utf-8' : 'application/octet-stream',
      'cache-control': `${this.#options.access.cacheability(access)}, ${lifetime}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'content-disposition': 'attachment',
      'x-symgate-source':
        answer.kind === 'fill' ? `upstream:${answer.fill.upstream}` : answer.blob.root,
      ...(vary.length > 0 && { vary: vary.join(', ') }),
      ...(form.kind === 'debuginfod' && debuginfodHeaders(path, answer, plain)),
    }
  }

  #vary(path: SymbolPath, kind: string, form: SentForm): string[] {
    const { compressed, variesByOrigin } = this.#options
    return [
      ...(form.kind === 'symbol' && mayBeMsfz(path, kind) ? ['Accept'] : []),
      ...(isWhole(form) && compressed.varies(kind) ? ['Accept-Encoding'] : []),
      ...(variesByOrigin ? ['Origin'] : []),
    ]
  }
}

/** Whether the file itself is sent, perhaps with a coding, and not something made of it. */
function isWhole({ kind }: SentForm): boolean {
  return kind === 'symbol' || kind === 'debuginfod'
}

/** Whether the path answers something else to who accepts MSFZ. */
function mayBeMsfz({ form }: SymbolPath, kind: string): boolean {
  return form === 'plain' && (kind === 'pdb' || kind === 'msfz')
}
