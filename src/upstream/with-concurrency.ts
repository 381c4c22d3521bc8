import type { Readable } from 'node:stream'
import { Semaphore } from '../lib/semaphore.ts'
import type { FileSource } from './file-source.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** A source of which at most `concurrency` files are asked for at once; a file's turn lasts until its body has come. */
export function withConcurrency(source: FileSource, concurrency: number): FileSource {
  const permits = new Semaphore(concurrency)
  return {
    get(location, request, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>()
      // Whoever gives up while waiting is told at once; the turn, when it comes, is given back unused.
      const giveUp = (): void => reject(asError(signal.reason))
      signal.addEventListener('abort', giveUp, { once: true })
      permits
        .run(async () => {
          signal.throwIfAborted()
          const answer = await source.get(location, request, signal)
          resolve(answer)
          signal.removeEventListener('abort', giveUp)
          if (answer.kind === 'found') await closed(answer.body)
        })
        .catch(reject)
        .finally(() => signal.removeEventListener('abort', giveUp))
      return promise
    },
    close: () => source.close(),
  }
}

function closed(body: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (body.closed) return resolve()
    body.once('close', () => resolve())
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
