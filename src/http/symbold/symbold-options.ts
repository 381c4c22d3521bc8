import type { PackageHistory } from '../../db/package-history.ts'
import type { MissingList } from '../../lookup/missing-list.ts'
import type { PrefetchQueue } from '../../lookup/prefetch-queue.ts'
import type { SkipList } from '../../lookup/skip-list.ts'
import type { UpstreamAdministration } from '../../lookup/upstream-administration.ts'
import type { UpstreamHistory } from '../../lookup/upstream-history.ts'
import type { UpstreamPolicy } from '../../lookup/upstream-policy.ts'
import type { UpstreamRegistry } from '../../lookup/upstream-registry.ts'
import type { TokenGate } from '../token-gate.ts'

/** What symbold's interface needs: the use cases of `/api/v1`, and no others. */
export interface SymboldOptions {
  readonly gate: TokenGate
  readonly registry: UpstreamRegistry
  readonly upstreams: UpstreamAdministration
  readonly policy: UpstreamPolicy
  readonly skips: SkipList
  readonly upstreamHistory: UpstreamHistory
  readonly prefetch: PrefetchQueue
  readonly missing: MissingList
  readonly history: PackageHistory
}
