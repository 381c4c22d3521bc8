import { MISS_REASONS, type MissReason } from './miss-reason.ts'

/** The one reason that is told where upstreams gave several; `absent` for none. */
export function worstReason(reasons: ReadonlySet<MissReason>): MissReason {
  return MISS_REASONS.find((reason) => reasons.has(reason)) ?? 'absent'
}
