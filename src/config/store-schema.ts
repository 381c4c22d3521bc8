import * as z from 'zod'
import { leaves } from './leaves.ts'

const store = z.strictObject({
  type: z.enum(['local', 's3']).prefault('local'),
  path: leaves.folder.optional(),
  bucket: leaves.bucket.optional(),
  prefix: leaves.prefix.optional(),
  endpoint: leaves.httpUrl.optional(),
  region: leaves.text.optional(),
  force_path_style: leaves.flag.optional(),
  access_key_id: leaves.secretText.optional(),
  secret_access_key: leaves.secretText.optional(),
  checksums: z.enum(['when_supported', 'when_required']).optional(),
  sse: z.enum(['none', 'AES256', 'aws:kms']).optional(),
  sse_kms_key_id: leaves.text.optional(),
  read_only: leaves.flag.optional(),
  follow_every: leaves.interval.optional(),
})

/** The keys that have a meaning with each type alone. */
const ONLY = {
  local: ['path'],
  s3: Object.keys(store.shape).filter((key) => key !== 'type' && key !== 'path'),
} as const

/** Schema of the store of hosted files. */
export const storeSchema = store.superRefine((settings, context) => {
  const issue = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message })
  const isSet = (key: string): boolean => Object.hasOwn(settings, key)
  const other = settings.type === 'local' ? 's3' : 'local'
  for (const key of ONLY[other])
    if (isSet(key)) issue(key, `this key with store.type ${other} only`)
  if (settings.type === 'local') return
  if (!isSet('bucket')) issue('bucket', 'the name of a bucket')
  const { prefix = '' } = settings
  // What is filed below it has to have a path for people, and for tools that copy it to a disk.
  const isOdd = prefix !== '' && !prefix.split('/').every(isFolder)
  if (isOdd) issue('prefix', 'folders such as symbols or team/symbols')
  const { access_key_id: id, secret_access_key: secret } = settings
  if (id === undefined && secret !== undefined)
    issue('access_key_id', 'a key, as secret_access_key is set')
  if (id !== undefined && secret === undefined)
    issue('secret_access_key', 'a secret, as access_key_id is set')
  if (isSet('sse_kms_key_id') && settings.sse !== 'aws:kms')
    issue('sse_kms_key_id', 'this key with store.sse aws:kms only')
  if (isSet('follow_every') && settings.read_only !== true)
    issue('follow_every', 'this key with store.read_only only')
})

function isFolder(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name !== '.symgate'
}
