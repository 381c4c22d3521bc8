import * as z from 'zod'
import { FILE_FAMILIES } from '../upstream/upstream-rules.ts'
import { leaves } from './leaves.ts'

/** The keys of an upstream that say what it is asked for, and when. */
export const ruleKeys = {
  priority: leaves.priority.optional(),
  kinds: z.array(z.enum(FILE_FAMILIES)).prefault([]),
  require_checksum: leaves.flag.prefault(false),
  allowlist_enabled: leaves.flag.prefault(false),
  allowlist: z.array(leaves.pattern).prefault([]),
  blocklist: z.array(leaves.pattern).prefault([]),
  skip: z
    .strictObject({
      after_failed_fills: leaves.countOrNone.optional(),
      forget_after: leaves.duration.optional(),
    })
    .prefault({}),
  breaker: z
    .strictObject({
      failures: leaves.countOrNone.optional(),
      window: leaves.duration.optional(),
      pause: leaves.duration.optional(),
    })
    .prefault({}),
}
