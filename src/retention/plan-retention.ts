import type { RetainedPackage, RetentionTable } from '../db/retention-table.ts'
import { matchesWildcard } from '../lib/matches-wildcard.ts'
import type { RetentionRules, TagRule } from './retention-rules.ts'

/** Why a package goes. */
type ExpiryReason = 'keep_last' | 'max_age' | 'unused_for' | 'max_total'

/** A package that is to go. */
export interface Expiry {
  readonly id: string
  readonly tag: string
  readonly receivedAtMs: number
  readonly reason: ExpiryReason
  /** The pattern of the rule, where one decided. */
  readonly pattern: string | undefined
  /** Files that go with it when the packages before it in the plan have gone. */
  readonly files: number
  readonly bytes: number
}

export interface PlanRetentionOptions {
  readonly table: RetentionTable
  /** Bytes of all hosted files. */
  readonly totalBytes: () => number
  readonly nowMs: number
  readonly signal: AbortSignal
}

type Candidate = Pick<Expiry, 'reason' | 'pattern'> & RetainedPackage

/**
 * Which packages the rules let go now, in the order in which they go: first those of the tag rules, then,
 * while there is too much, the oldest of all others; both the oldest first.
 *
 * A tag rule keeps the newest `keepLast` builds, which are packages or the packages of one push; of the others go those that are older than `maxAgeMs` and those
 * that nobody has used for `unusedForMs`; all others, where the rule says neither.
 */
export async function planRetention(
  rules: RetentionRules,
  options: PlanRetentionOptions,
): Promise<readonly Expiry[]> {
  const { table } = options
  try {
    const { expired, others } = await judge(rules, options)
    const plan: Expiry[] = []
    for (const candidate of expired) plan.push(await doom(candidate, table))
    const freed = plan.reduce((sum, { bytes }) => sum + bytes, 0)
    const excess = options.totalBytes() - freed - rules.maxTotalBytes
    return excess > 0 ? [...plan, ...(await makeRoom(excess, others, options))] : plan
  } finally {
    table.spareAll()
  }
}

/** What expires by the tag rules, and what could go to make room; the oldest first. */
async function judge(
  { tags, maxTotalBytes, safetyPeriodMs }: RetentionRules,
  options: PlanRetentionOptions,
): Promise<{ expired: readonly Candidate[]; others: readonly RetainedPackage[] }> {
  const { table, nowMs, signal } = options
  const expired: Candidate[] = []
  const others: RetainedPackage[] = []
  const builds = new Map<TagRule, Map<string, number>>(tags.map((rule) => [rule, new Map()]))
  for await (const each of table.newestFirst()) {
    signal.throwIfAborted()
    const rule = tags.find(({ pattern }) => matchesWildcard(pattern, each.tag))
    const newer = rankOf(each.build, rule && builds.get(rule))
    if (each.protected || nowMs - each.receivedAtMs < safetyPeriodMs) continue
    const reason = rule && (await expires(each, newer, rule, options))
    if (rule !== undefined && reason !== undefined)
      expired.push({ ...each, reason, pattern: rule.pattern })
    else if (maxTotalBytes < Infinity) others.push(each)
  }
  return { expired: expired.toReversed(), others: others.toReversed() }
}

/** How many builds are newer than this one; asked for the newest package first. */
function rankOf(build: string, ranks: Map<string, number> = new Map()): number {
  const rank = ranks.get(build) ?? ranks.size
  ranks.set(build, rank)
  return rank
}

async function expires(
  { id, receivedAtMs }: RetainedPackage,
  newer: number,
  { keepLast, maxAgeMs, unusedForMs }: TagRule,
  { table, nowMs }: PlanRetentionOptions,
): Promise<ExpiryReason | undefined> {
  if (keepLast !== undefined && newer < keepLast) return undefined
  if (maxAgeMs !== undefined && nowMs - receivedAtMs > maxAgeMs) return 'max_age'
  if (unusedForMs !== undefined && nowMs - receivedAtMs > unusedForMs) {
    const known = Math.max(receivedAtMs, table.usesSinceMs)
    const usedAtMs = Math.max(known, (await table.lastUse(id)) ?? 0)
    if (nowMs - usedAtMs > unusedForMs) return 'unused_for'
  }
  const isAlone = maxAgeMs === undefined && unusedForMs === undefined
  return keepLast !== undefined && isAlone ? 'keep_last' : undefined
}

/** The oldest packages that have to go to make `excess` bytes free, without those that would free nothing. */
async function makeRoom(
  excess: number,
  others: readonly RetainedPackage[],
  { table, signal }: PlanRetentionOptions,
): Promise<readonly Expiry[]> {
  const chosen: Expiry[] = []
  let freed = 0
  for (const each of others) {
    if (freed >= excess) break
    signal.throwIfAborted()
    const expiry = await doom({ ...each, reason: 'max_total', pattern: undefined }, table)
    chosen.push(expiry)
    freed += expiry.bytes
  }
  const useful: Expiry[] = []
  for (const each of chosen) {
    // Everything that it holds stays with others anyway.
    if (each.files === 0 && (await table.freedBy(each.id)).files === 0) table.spare(each.id)
    else useful.push(each)
  }
  return useful
}

async function doom(candidate: Candidate, table: RetentionTable): Promise<Expiry> {
  const { id, tag, receivedAtMs, reason, pattern } = candidate
  table.doom(id)
  return { id, tag, receivedAtMs, reason, pattern, ...(await table.freedBy(id)) }
}
