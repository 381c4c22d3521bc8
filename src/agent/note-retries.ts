import type { Progress } from './progress.ts'
import type { ServerError } from './server-error.ts'

/** Tells of failures that are followed by another try; one that several pieces of work meet at once is told once. */
export function noteRetries(progress: Progress): (error: ServerError, delayMs: number) => void {
  let told = { message: '', untilMs: 0 }
  return ({ message }, delayMs) => {
    const now = Date.now()
    if (message === told.message && now < told.untilMs) return
    told = { message, untilMs: now + delayMs }
    progress.note(`${message}; waiting for the server, again in ${Math.ceil(delayMs / 1000)} s`)
  }
}
