import type { BreakerState } from '../../lookup/breaker.ts'
import type { UpstreamStatistics } from '../../lookup/upstream-history.ts'
import type { RegisteredUpstream, UpstreamSpec } from '../../lookup/upstream-registry.ts'

/** A symbol server in the words of symbold's record, without secrets. */
export function shownServer(
  { origin, spec, createdAtMs }: RegisteredUpstream,
  state: BreakerState,
  statistics: UpstreamStatistics,
): Record<string, unknown> {
  const { name, enabled, concurrency, rules } = spec
  return {
    id: name,
    name,
    ...placeOf(spec),
    enabled,
    readOnly: origin === 'file',
    whiteList: rules.allowlistEnabled,
    numberOfConcurrentDownload: concurrency,
    retryLimit: rules.skip.afterFailedFills,
    ...networkOf(spec),
    created: new Date(createdAtMs).toISOString(),
    paused: state.kind === 'open',
    statistics: {
      totalBytes: statistics.bytes,
      successfulDownloads: statistics.succeeded,
      failedDownloads: statistics.failed,
      failedByStage: statistics.failedByStage,
      notFound: statistics.absent,
    },
  }
}

function placeOf(spec: UpstreamSpec): object {
  switch (spec.type) {
    case 'http':
    case 'debuginfod':
      return { url: spec.url }
    case 's3':
    case 'gcs':
      return { url: spec.endpoint ?? null, bucketName: spec.bucket }
    case 'directory':
      return { url: spec.path }
  }
}

function networkOf(spec: UpstreamSpec): object {
  if (spec.type === 'directory') return {}
  const { credentials, proxy } = spec
  const userName =
    credentials?.kind === 'basic'
      ? credentials.username
      : credentials?.kind === 'keys'
        ? credentials.accessKeyId
        : undefined
  return {
    serverCredentials: credentials === undefined ? null : { userName: userName ?? null },
    proxy: proxy === undefined ? null : { url: proxy.url, username: proxy.username ?? null },
  }
}
