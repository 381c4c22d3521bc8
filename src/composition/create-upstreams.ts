import type { Config } from '../config/config.ts'
import { parseUpstream } from '../config/parse-upstream.ts'
import type { DataFolder } from './data-folder.ts'
import { UpstreamAdministration } from '../lookup/upstream-administration.ts'
import { UpstreamPolicy } from '../lookup/upstream-policy.ts'
import { UpstreamRegistry } from '../lookup/upstream-registry.ts'
import type { Logger } from '../telemetry/logger.ts'
import { createUpstream } from '../upstream/create-upstream.ts'
import { presetsOf } from '../upstream/presets.ts'
import { probeUpstream } from '../upstream/probe-upstream.ts'

/** Puts the upstreams together: who there is, who is asked for what, and how that is changed. */
export function createUpstreams(config: Config, data: DataFolder, log: Logger) {
  const { misses, skips, upstreamHistory: history } = data
  const registry = new UpstreamRegistry({
    fromFile: config.upstreams,
    presets: presetsOf(config.presets),
    table: data.upstreams,
    parse: (written) => parseUpstream(written, config),
    create: createUpstream,
    onUnusable: (upstream, err) =>
      log.error({ upstream, err }, 'a stored upstream can no longer be used'),
  })
  const policy = new UpstreamPolicy({
    blobs: data.blobs,
    hostedNames: data.hostedNames,
    misses,
    skips,
    publicNames: config.publicNames,
  })
  const administration = new UpstreamAdministration({
    registry,
    policy,
    misses,
    skips,
    history,
    probe: probeUpstream,
    log,
  })
  return { registry, policy, administration }
}
