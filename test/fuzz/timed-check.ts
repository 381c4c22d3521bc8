import type { FuzzInput, FuzzTarget } from './fuzz-target.ts'

/** For inputs up to a MiB, and for each MiB of larger ones. */
const MAX_MS_PER_MIB = 1000
const TRIES = 3

/**
 * Checks an input and how long that takes; slow is what is slow each time, for other programs may take
 * the processor away. An exception is a problem too.
 */
export async function timedCheck(target: FuzzTarget, input: FuzzInput): Promise<readonly string[]> {
  const maxMs = MAX_MS_PER_MIB * Math.max(1, input.bytes.byteLength / 2 ** 20)
  let fastestMs = Infinity
  for (let tried = 0; tried < TRIES && fastestMs > maxMs; tried++) {
    const start = performance.now()
    const problems = await check(target, input)
    fastestMs = Math.min(fastestMs, performance.now() - start)
    if (problems.length > 0) return problems
  }
  return fastestMs > maxMs ? [`it takes ${Math.round(fastestMs)} ms`] : []
}

async function check(target: FuzzTarget, input: FuzzInput): Promise<readonly string[]> {
  try {
    return await target.check(input)
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  }
}
