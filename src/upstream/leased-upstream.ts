import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { Upstream, UpstreamAnswer, UpstreamRequest, UpstreamTrouble } from './upstream.ts'

/** What those come to that still waited for their turn: nothing that its host is to blame for. */
const RETIRED: UpstreamTrouble = {
  kind: 'trouble',
  stage: 'connect',
  blame: 'beyond',
  cause: 'the upstream was changed while the request waited',
}

/** An upstream that can be taken out of use while it answers: what it has begun to send comes to its end. */
export class LeasedUpstream implements Upstream {
  readonly name: string
  readonly isPublic: boolean
  readonly missRetryAfterMs: number
  readonly #upstream: Upstream
  #uses = 0
  #isRetired = false

  constructor(upstream: Upstream) {
    this.name = upstream.name
    this.isPublic = upstream.isPublic
    this.missRetryAfterMs = upstream.missRetryAfterMs
    this.#upstream = upstream
  }

  hasPlaceFor(path: SymbolPath): boolean {
    return this.#upstream.hasPlaceFor(path)
  }

  async fetch(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
    if (this.#isClosed) return RETIRED
    this.#uses++
    let isLent = false
    try {
      const answer = await this.#upstream.fetch(request, signal)
      if (answer.kind === 'found' && !answer.body.closed) {
        isLent = true
        answer.body.once('close', () => this.#return())
      }
      return answer
    } finally {
      if (!isLent) this.#return()
    }
  }

  /** Closes the upstream as soon as nothing comes from it any more. */
  retire(): void {
    this.#isRetired = true
    if (this.#isClosed) void this.close().catch(() => {})
  }

  close(): Promise<void> {
    return this.#upstream.close()
  }

  /** Whether it is taken out of use and nothing comes from it any more. */
  get #isClosed(): boolean {
    return this.#isRetired && this.#uses === 0
  }

  #return(): void {
    this.#uses--
    if (this.#isClosed) void this.close().catch(() => {})
  }
}
