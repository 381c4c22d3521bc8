import { openSync, writeSync } from 'node:fs'
import { MAX_SEED_BYTES, type FuzzJob, type FuzzResult } from './fuzz-job.ts'
import { makeInput } from './make-input.ts'
import { progressFile } from './progress-file.ts'
import { targets } from './targets.ts'
import { timedCheck } from './timed-check.ts'

/** Seeds and one input with all that the limits allow are far below. */
const MAX_RSS_BYTES = 1 << 30
const ROUNDS_BETWEEN_MEASURING = 256

/** Runs rounds until the time is over or something is wrong. */
async function work({ target: name, seed, seconds, folder }: FuzzJob): Promise<FuzzResult> {
  const target = targets[name]?.(folder)
  if (target === undefined) throw new Error(`no target ${name}`)
  const seeds = target.seeds(MAX_SEED_BYTES)
  const progress = openSync(progressFile(folder), 'r+')
  const word = Buffer.alloc(4)
  const end = performance.now() + seconds * 1000
  for (let round = 0; ; round++) {
    if (performance.now() > end) return { round, problems: [] }
    word.writeUInt32LE(round)
    writeSync(progress, word, 0, word.byteLength, 0)
    const problems = await timedCheck(target, makeInput(target, seeds, seed, round))
    if (problems.length > 0) return { round, problems }
    const rss = round % ROUNDS_BETWEEN_MEASURING === 0 ? process.memoryUsage.rss() : 0
    if (rss > MAX_RSS_BYTES) return { round, problems: [`the process has grown to ${rss} bytes`] }
  }
}

const result = await work(JSON.parse(process.argv[2] ?? '') as FuzzJob)
process.send?.(result)
