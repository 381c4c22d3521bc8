import { setTimeout } from 'node:timers/promises'
import type { FileSource } from './file-source.ts'
import type { UpstreamTrouble } from './upstream.ts'

/** Before the second try; doubled before each further one. */
const FIRST_DELAY_MS = 250

/** All waiting within one request: clients give up after 25–30 s, and further upstreams may have the file. */
const PATIENCE_MS = 15_000

/** Trouble that the next request would have, too. */
const LASTING: ReadonlySet<UpstreamTrouble['reason']> = new Set([
  'name_resolution',
  'tls',
  'proxy',
  'unauthorized',
  'missing_store',
])

/**
 * A source that is asked up to `attempts` times while its host is in trouble that may pass. Between two tries lies
 * an exponential delay with jitter, or what the upstream asks for in Retry-After: beyond patience it is given up
 * at once. What is odd about one file is not asked for again.
 */
export function withAttempts(source: FileSource, attempts: number): FileSource {
  return {
    async get(location, request, signal) {
      let waitedMs = 0
      for (let attempt = 1; ; attempt++) {
        const answer = await source.get(location, request, signal)
        if (answer.kind !== 'trouble' || attempt >= attempts || !mayPass(answer)) return answer
        const delayMs = answer.retryAfterMs ?? jittered(FIRST_DELAY_MS * 2 ** (attempt - 1))
        waitedMs += delayMs
        if (waitedMs > PATIENCE_MS) return answer
        await wait(delayMs, signal)
      }
    },
    close: () => source.close(),
  }
}

function mayPass({ blame, reason }: UpstreamTrouble): boolean {
  return blame === 'host' && !LASTING.has(reason)
}

/** Half as long to half as long again, so that those who failed together do not come again together. */
function jittered(delayMs: number): number {
  return delayMs * (0.5 + Math.random())
}

async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(delayMs, undefined, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
