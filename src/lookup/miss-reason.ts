/**
 * Why a symbol request is answered 404; the words of the `X-Symgate-Miss` header. Where upstreams differ,
 * the first word in this order that holds for one of them is told.
 */
export const MISS_REASONS = [
  'trouble',
  'mismatch',
  'skipped',
  'absent',
  'remembered',
  'blocked',
  'not_listed',
  'malformed',
] as const

export type MissReason = (typeof MISS_REASONS)[number]
