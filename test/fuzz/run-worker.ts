import { Worker } from 'node:worker_threads'
import type { FuzzJob, FuzzResult } from './fuzz-job.ts'

/** A round that lasts longer will not end at all. */
const HANG_MS = 20_000
const WATCH_MS = 250
/** Of JavaScript objects; a parser that fills this has trusted a number of the input. */
const MAX_HEAP_MIB = 512

/** Fuzzes in a thread, so that what hangs or takes all memory is told of, too. */
export async function runWorker(job: Omit<FuzzJob, 'progress'>): Promise<FuzzResult> {
  const progress = new SharedArrayBuffer(4)
  const round = (): number => Atomics.load(new Int32Array(progress), 0)
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { ...job, progress } satisfies FuzzJob,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
  })
  const { promise, resolve } = Promise.withResolvers<FuzzResult>()
  worker.once('message', (result: FuzzResult) => resolve(result))
  worker.once('error', (error: Error) =>
    resolve({ round: round(), problems: [error.stack ?? error.message] }),
  )
  worker.once('exit', (code) =>
    resolve({ round: round(), problems: [`the thread ended with ${code}`] }),
  )
  let last = { round: round(), at: performance.now() }
  const watch = setInterval(() => {
    if (round() !== last.round) last = { round: round(), at: performance.now() }
    if (performance.now() - last.at > HANG_MS)
      resolve({ round: round(), problems: [`it does not end within ${HANG_MS} ms`] })
  }, WATCH_MS)
  try {
    return await promise
  } finally {
    clearInterval(watch)
    await worker.terminate()
  }
}
