import { foundation } from './migrations/0001-foundation.ts'
import { blobUses } from './migrations/0002-blob-uses.ts'
import { activity } from './migrations/0003-activity.ts'
import { packageHistory } from './migrations/0004-package-history.ts'
import { packageHoldings } from './migrations/0005-package-holdings.ts'
import { missing } from './migrations/0006-missing.ts'
import { skipsAndUpstreamLog } from './migrations/0007-skips-and-upstream-log.ts'
import { imports } from './migrations/0008-imports.ts'
import { managedUpstreams } from './migrations/0009-managed-upstreams.ts'
import { tokensUnlessUsed } from './migrations/0010-tokens-unless-used.ts'
import { notifications } from './migrations/0011-notifications.ts'
import { checkProgress } from './migrations/0012-check-progress.ts'
import { followedManifests } from './migrations/0013-followed-manifests.ts'
import { prefetch } from './migrations/0014-prefetch.ts'
import { reindexProgress } from './migrations/0015-reindex-progress.ts'
import { packageBuilds } from './migrations/0016-package-builds.ts'
import { missingFoundUpstream } from './migrations/0017-missing-found-upstream.ts'

/** The schema, one step per version; append only. `PRAGMA user_version` holds the number of steps taken. */
export const migrations: readonly string[] = [
  foundation,
  blobUses,
  activity,
  packageHistory,
  packageHoldings,
  missing,
  skipsAndUpstreamLog,
  imports,
  managedUpstreams,
  tokensUnlessUsed,
  notifications,
  checkProgress,
  followedManifests,
  prefetch,
  reindexProgress,
  packageBuilds,
  missingFoundUpstream,
]
