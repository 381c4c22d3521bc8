import type { Readable } from 'node:stream'

const MAX_BYTES = 4096 // of a program's complaints; the first ones tell what is wrong

/** Reads a program's stderr to its end, keeping its beginning; gives a function that tells it so far, control characters replaced. */
export function complaintOf(stderr: Readable | null): () => string {
  let kept = Buffer.alloc(0)
  stderr?.on('data', (chunk: Buffer) => {
    if (kept.length < MAX_BYTES) kept = Buffer.concat([kept, chunk]).subarray(0, MAX_BYTES)
  })
  return () => kept.toString('utf8').replaceAll(/[^\P{Cc}\n]/gu, '\ufffd')
}
