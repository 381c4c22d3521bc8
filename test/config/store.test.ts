import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { tempDir } from '../helpers/temp-dir.ts'

function load(store: string, env: Readonly<Record<string, string>> = {}) {
  const cwd = tempDir()
  writeFileSync(join(cwd, 'symgate.yaml'), `store: { ${store} }`)
  return loadConfig({ flags: {}, env, cwd })
}

const inBucket = (keys: string): string => `type: s3, bucket: bkt, ${keys}`

describe('A store in a bucket', () => {
  test('needs no more than the bucket, and then is Amazon’s with the credentials of the environment', () => {
    expect(load('type: s3, bucket: my-symbols').store).toEqual({
      type: 's3',
      readOnly: false,
      followMs: 30_000,
      s3: {
        bucket: 'my-symbols',
        prefix: '',
        endpoint: undefined,
        region: undefined,
        forcePathStyle: false,
        credentials: undefined,
        checksums: 'when_supported',
        encryption: undefined,
      },
    })
  })

  test('of another service is spoken to as most of them want it', () => {
    expect(load(inBucket('endpoint: "http://minio:9000"')).store).toMatchObject({
      s3: { endpoint: 'http://minio:9000', forcePathStyle: true, checksums: 'when_required' },
    })
  })

  test('takes every key, also from the environment', () => {
    const keys = `bucket: bkt, prefix: /team/symbols/, endpoint: "https://s3.example.com", region: eu-1,
      force_path_style: off, access_key_id: AK, checksums: when_supported, sse: "aws:kms",
      sse_kms_key_id: "arn:aws:kms:eu-1:1:key/2", read_only: on, follow_every: 5m`
    const env = { SYMGATE_STORE__TYPE: 's3', SYMGATE_STORE__SECRET_ACCESS_KEY: '12345' }
    expect(load(keys, env).store).toEqual({
      type: 's3',
      readOnly: true,
      followMs: 300_000,
      s3: {
        bucket: 'bkt',
        prefix: 'team/symbols/',
        endpoint: 'https://s3.example.com',
        region: 'eu-1',
        forcePathStyle: false,
        credentials: { accessKeyId: 'AK', secretAccessKey: '12345' },
        checksums: 'when_supported',
        encryption: { algorithm: 'aws:kms', keyId: 'arn:aws:kms:eu-1:1:key/2' },
      },
    })
    expect(load(inBucket('sse: AES256')).store).toMatchObject({
      s3: { encryption: { algorithm: 'AES256' } },
    })
  })

  const PREFIX = 'folders such as symbols or team/symbols'
  const S3_ONLY = 'this key with store.type s3 only'
  test.each([
    ['bucket: bkt', 'store.bucket in symgate.yaml is "bkt"', S3_ONLY],
    ['read_only: true', 'store.read_only in symgate.yaml is true', S3_ONLY],
    ['type: s3', 'store.bucket in symgate.yaml is missing', 'the name of a bucket'],
    [
      inBucket('path: /srv'),
      'store.path in symgate.yaml is "/srv"',
      'this key with store.type local only',
    ],
    [
      'type: s3, bucket: a/b',
      'store.bucket in symgate.yaml is "a/b"',
      'the name of a bucket: small letters, digits, ".", "_" and "-"',
    ],
    ['secret_access_key: hidden', 'store.secret_access_key in symgate.yaml is ***', S3_ONLY],
    [inBucket('prefix: a//b'), 'store.prefix in symgate.yaml is "a//b"', PREFIX],
    [inBucket('prefix: ../a'), 'store.prefix in symgate.yaml is "../a"', PREFIX],
    [inBucket('prefix: .symgate'), 'store.prefix in symgate.yaml is ".symgate"', PREFIX],
    [
      inBucket('endpoint: minio'),
      'store.endpoint in symgate.yaml is "minio"',
      'an http or https URL without user name, query and fragment',
    ],
    [
      inBucket('checksums: md5'),
      'store.checksums in symgate.yaml is "md5"',
      'when_supported or when_required',
    ],
    [inBucket('sse: yes'), 'store.sse in symgate.yaml is "yes"', 'none, AES256 or aws:kms'],
    [
      inBucket('sse_kms_key_id: k'),
      'store.sse_kms_key_id in symgate.yaml is "k"',
      'this key with store.sse aws:kms only',
    ],
    [
      inBucket('access_key_id: k'),
      'store.secret_access_key in symgate.yaml is missing',
      'a secret, as access_key_id is set',
    ],
    [
      inBucket('secret_access_key: k'),
      'store.access_key_id in symgate.yaml is missing',
      'a key, as secret_access_key is set',
    ],
    [
      inBucket('follow_every: 30s'),
      'store.follow_every in symgate.yaml is "30s"',
      'this key with store.read_only only',
    ],
    [
      inBucket('read_only: true, follow_every: 0'),
      'store.follow_every in symgate.yaml is 0',
      'a duration from 1s to 24d',
    ],
  ])('%j is refused', (store, found, allowed) => {
    expect(() => load(store)).toThrow(`${found}; allowed: ${allowed}`)
  })
})
