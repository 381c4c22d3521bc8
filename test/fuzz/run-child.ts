import { fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FuzzJob, FuzzResult } from './fuzz-job.ts'
import { progressFile } from './progress-file.ts'

/** A round that lasts longer will not end at all. */
const HANG_MS = 20_000
const WATCH_MS = 250
/** Of JavaScript objects; a parser that fills this has trusted a number of the input. */
const MAX_HEAP_MIB = 512

/** Fuzzes in a process of its own, so that what hangs, takes all memory or ends the process is told of, too. */
export async function runChild(job: FuzzJob): Promise<FuzzResult> {
  const progress = progressFile(job.folder)
  writeFileSync(progress, Buffer.alloc(4))
  const round = (): number => readFileSync(progress).readUInt32LE(0)
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [JSON.stringify(job)], {
    execArgv: [`--max-old-space-size=${MAX_HEAP_MIB}`],
  })
  const { promise, resolve } = Promise.withResolvers<FuzzResult>()
  const fail = (problem: string): void => resolve({ round: round(), problems: [problem] })
  child.once('message', (result) => resolve(result as FuzzResult))
  child.once('error', (error) => fail(error.message))
  child.once('exit', (code, signal) => fail(`the process ended with ${code ?? signal}`))
  let last = { round: 0, at: performance.now() }
  const watch = setInterval(() => {
    const now = { round: round(), at: performance.now() }
    if (now.round !== last.round) last = now
    if (now.at - last.at > HANG_MS) fail(`it does not end within ${HANG_MS} ms`)
  }, WATCH_MS)
  try {
    return await promise
  } finally {
    clearInterval(watch)
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
  }
}
