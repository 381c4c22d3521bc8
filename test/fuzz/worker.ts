import { parentPort, workerData } from 'node:worker_threads'
import { MAX_SEED_BYTES, type FuzzJob, type FuzzResult } from './fuzz-job.ts'
import { makeInput } from './make-input.ts'
import { targets } from './targets.ts'
import { timedCheck } from './timed-check.ts'

/** Seeds and one input with all that the limits allow are far below. */
const MAX_RSS_BYTES = 1 << 30
const ROUNDS_BETWEEN_MEASURING = 256

/** Runs rounds until the time is over or something is wrong; the one who started it sees the round in `progress`. */
async function work({
  target: name,
  seed,
  seconds,
  folder,
  progress,
}: FuzzJob): Promise<FuzzResult> {
  const target = targets[name]?.(folder)
  if (target === undefined) throw new Error(`no target ${name}`)
  const seeds = target.seeds(MAX_SEED_BYTES)
  const current = new Int32Array(progress)
  const end = performance.now() + seconds * 1000
  for (let round = 0; ; round++) {
    if (performance.now() > end) return { round, problems: [] }
    Atomics.store(current, 0, round)
    const problems = await timedCheck(target, makeInput(target, seeds, seed, round))
    if (problems.length > 0) return { round, problems }
    const rss = round % ROUNDS_BETWEEN_MEASURING === 0 ? process.memoryUsage.rss() : 0
    if (rss > MAX_RSS_BYTES) return { round, problems: [`the process has grown to ${rss} bytes`] }
  }
}

const result = await work(workerData as FuzzJob)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
parentPort?.postMessage(result)
