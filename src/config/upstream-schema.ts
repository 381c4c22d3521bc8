import * as z from 'zod'
import { checkUpstream } from './check-upstream.ts'
import { leaves } from './leaves.ts'
import { pointerRoots } from './pointer-roots-schema.ts'
import { ruleKeys } from './rule-keys.ts'

/** Who the upstream is told to be asked by; which of them go together is checked apart. */
const credentials = z.strictObject({
  username: leaves.secretText.optional(),
  password: leaves.secretText.optional(),
  token: leaves.headerValue.optional(),
  access_key_id: leaves.headerValue.optional(),
  secret_access_key: leaves.headerValue.optional(),
  service_account_json: leaves.serviceAccount.optional(),
  service_account_file: leaves.file.optional(),
  region: leaves.region.optional(),
  bucket: leaves.bucket.optional(),
})

const proxy = z.strictObject({
  url: leaves.httpUrl,
  username: leaves.secretText.optional(),
  password: leaves.secretText.optional(),
})

/** Defaults are in `build-upstream.ts`, so that it can be told what was written for a type that has no use for it. */
const timeouts = z.strictObject({
  connect: leaves.timeout.optional(),
  first_byte: leaves.timeout.optional(),
  idle: leaves.timeout.optional(),
  total: leaves.timeout.optional(),
})

/** Schema of one upstream as people write it. */
export const upstreamSchema = z
  .strictObject({
    name: leaves.upstreamName,
    type: z.enum(['http', 's3', 'gcs', 'directory', 'debuginfod']).prefault('http'),
    url: leaves.httpUrl.optional(),
    bucket: leaves.bucket.optional(),
    prefix: leaves.prefix.optional(),
    region: leaves.region.optional(),
    endpoint: leaves.httpUrl.optional(),
    force_path_style: leaves.flag.optional(),
    path: leaves.folder.optional(),
    public: leaves.flag.prefault(false),
    enabled: leaves.flag.prefault(true),
    ...ruleKeys,
    layout: z.enum(['symstore', 'symstore_index2', 'ssqp', 'breakpad', 'native']).optional(),
    casing: leaves.casing.optional(),
    pointer_roots: pointerRoots.optional(),
    credentials: credentials.optional(),
    proxy: proxy.optional(),
    ca_file: leaves.file.optional(),
    allow_private_addresses: leaves.flag.optional(),
    concurrency: leaves.count.prefault(8),
    attempts: leaves.count.prefault(3),
    timeouts: timeouts.optional(),
    misses: z.strictObject({ retry_after: leaves.duration.optional() }).prefault({}),
    user_agent: leaves.headerValue.optional(),
  })
  .superRefine((upstream, context) => {
    for (const { path, allowed } of checkUpstream(upstream)) {
      context.addIssue({ code: 'custom', path: [...path], message: allowed })
    }
  })
