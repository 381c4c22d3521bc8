import type { WriteCondition } from './write-condition.ts'

/** A condition as the parameters of a request. */
export function conditionParameters(condition: WriteCondition | undefined): {
  IfNoneMatch?: string
  IfMatch?: string
} {
  if (condition === undefined) return {}
  if ('ifNoneMatch' in condition) return { IfNoneMatch: '*' }
  // Without the quotes, as Amazon's own examples have it: Ceph 16 compares them with a version that has none.
  return { IfMatch: condition.ifMatch.replaceAll('"', '') }
}
