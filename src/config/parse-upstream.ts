import { AppError } from '../lib/app-error.ts'
import type { UpstreamRules } from '../upstream/upstream-rules.ts'
import type { UpstreamSettings } from '../upstream/upstream-settings.ts'
import type { WrittenUpstream } from '../upstream/written-upstream.ts'
import { buildRules } from './build-rules.ts'
import { buildUpstream } from './build-upstream.ts'
import type { Config } from './config.ts'
import { describeIssue } from './describe-issue.ts'
import { knownKeys } from './known-keys.ts'
import { upstreamSchema } from './upstream-schema.ts'

/** Paths of the server's own filesystem: only whoever writes its configuration file may name them. */
const ONLY_IN_THE_FILE = ['path', 'pointer_roots', 'ca_file']

/**
 * An upstream that does not come from the configuration file, checked and complete. Throws
 * `request_invalid` with one line that names the first wrong key, what was found and what is allowed.
 */
export function parseUpstream(
  written: WrittenUpstream,
  config: Pick<Config, 'misses' | 'skip' | 'breaker'>,
): UpstreamSettings & { readonly rules: UpstreamRules } {
  const key = ONLY_IN_THE_FILE.find((name) => written[name] !== undefined)
  if (key !== undefined || written['type'] === 'directory') {
    const found = key ?? 'type directory'
    throw new AppError(
      'request_invalid',
      `${found} can be set only in the configuration file, as it names a place on the server's own disk`,
    )
  }
  const result = upstreamSchema.safeParse(written)
  if (!result.success) {
    const { issues } = result.error
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
    const context = { tree: written, keys: knownKeys(upstreamSchema), sourceOf: () => '' }
    throw new AppError(
      'request_invalid',
      issue === undefined ? 'the upstream is wrong' : describeIssue(issue, context),
      { cause: result.error },
    )
  }
  return {
    ...buildUpstream(result.data, {
      missRetryAfterMs: config.misses.retryAfterMs,
      folderOf: () => '/',
    }),
    rules: buildRules(result.data, config),
  }
}
