import { spellings } from '../symbols/layouts/spellings.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { FileSource } from './file-source.ts'
import type { UpstreamSettings } from './upstream-settings.ts'
import type { Upstream, UpstreamAnswer, UpstreamRequest } from './upstream.ts'

/** A source whose files lie as its layout says. */
export class LayoutUpstream implements Upstream {
  readonly name: string
  readonly isPublic: boolean
  readonly missRetryAfterMs: number
  readonly #spelling: Parameters<typeof spellings>[1]
  readonly #source: FileSource

  constructor(settings: UpstreamSettings, source: FileSource) {
    this.name = settings.name
    this.isPublic = settings.public
    this.missRetryAfterMs = settings.misses.retryAfterMs
    const { layout, casing } = settings
    const pointers = settings.type === 'directory' && settings.pointerRoots.length > 0
    this.#spelling = { layout, casing, pointers }
    this.#source = source
  }

  hasPlaceFor(path: SymbolPath): boolean {
    return spellings(path, this.#spelling).length > 0
  }

  async fetch(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
    for (const location of spellings(request.path, this.#spelling)) {
      const answer = await this.#source.get(location, request, signal)
      if (answer.kind !== 'absent') return answer
    }
    return { kind: 'absent' }
  }

  async close(): Promise<void> {
    await this.#source.close()
  }
}
