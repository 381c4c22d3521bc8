import type { Failure } from './failure.ts'

/**
 * What `portWritable` sends to the `portReadable` at the other end of a channel. That one answers with
 * `more` (and nothing else) for every chunk that it has room for.
 */
export type PortMessage =
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly failure: Failure }
