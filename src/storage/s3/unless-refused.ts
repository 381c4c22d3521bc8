import { failureOf } from './failure-of.ts'

/** Runs a conditional write; `refused` when its condition does not hold, and then nothing is written. */
export async function unlessRefused<T>(write: () => Promise<T>): Promise<T | 'refused'> {
  try {
    return await write()
  } catch (error) {
    const status = failureOf(error)?.status
    // 409: another write of the same key is under way (S3, «Conditional writes»).
    if (status === 412 || status === 409) return 'refused'
    throw error
  }
}
