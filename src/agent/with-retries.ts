import { setTimeout } from 'node:timers/promises'
import { ServerError } from './server-error.ts'

/** How patient to be. */
export interface Patience {
  /** Tries in all. */
  readonly attempts: number
  /** The wait after the first failure; it doubles with each. */
  readonly firstDelayMs: number
}

const MAX_DELAY_MS = 30_000

/** A server that asks for more than this wants to be left alone. */
const MAX_RETRY_AFTER_MS = 5 * 60_000

/**
 * Repeats work that fails for now, after a wait that grows, or the one the server asks for. `failed` is
 * told of each failure that is followed by another try. Throws the last failure.
 */
export async function withRetries<T>(
  { attempts, firstDelayMs }: Patience,
  work: () => Promise<T>,
  failed: (error: ServerError, delayMs: number) => void = () => {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const mayPass = error instanceof ServerError && error.isPassing
      if (!mayPass || attempt >= attempts) throw error
      const delayMs = delay(error, firstDelayMs * 2 ** (attempt - 1))
      failed(error, delayMs)
      await setTimeout(delayMs)
    }
  }
}

/** With some chance in it, so that the agents of a build farm do not come back all at once. */
function delay({ retryAfterMs }: ServerError, backoffMs: number): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS)
  return Math.min(backoffMs, MAX_DELAY_MS) * (0.75 + Math.random() / 2)
}
