import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** The upstreams of a file with these lines below `upstreams:`, and the folder of the file. */
function load(entry: string) {
  const cwd = tempDir()
  writeFileSync(join(cwd, 'symgate.yaml'), `upstreams:\n  - ${entry.trim()}`)
  return { cwd, upstreams: loadConfig({ flags: {}, env: {}, cwd }).upstreams }
}

describe('An upstream over http', () => {
  test('has every key that the page lists', () => {
    const { cwd, upstreams } = load(`
    name: devops
    url: https://artifacts.example.com/symsrv/
    public: true
    layout: ssqp
    casing: [lower, upper_id]
    credentials: { username: me, password: 12345 }
    proxy: { url: "http://proxy:3128/", username: p, password: q }
    ca_file: certs/ca.pem
    allow_private_addresses: on
    concurrency: 2
    attempts: 5
    timeouts: { connect: 1s, first_byte: 2s, idle: 3s, total: 4s }
    misses: { retry_after: 5s }
    user_agent: curl/7.72.0`)
    expect(upstreams).toEqual([
      {
        name: 'devops',
        rules: expect.any(Object),
        type: 'http',
        url: 'https://artifacts.example.com/symsrv',
        public: true,
        enabled: true,
        layout: 'ssqp',
        casing: ['lower', 'upper_id'],
        credentials: { kind: 'basic', username: 'me', password: '12345' },
        proxy: { url: 'http://proxy:3128', username: 'p', password: 'q' },
        caFile: join(cwd, 'certs/ca.pem'),
        allowPrivateAddresses: true,
        concurrency: 2,
        attempts: 5,
        timeouts: { connectMs: 1000, firstByteMs: 2000, idleMs: 3000, totalMs: 4000 },
        misses: { retryAfterMs: 5000 },
        userAgent: 'curl/7.72.0',
      },
    ])
  })

  test('takes a token, a proxy without a name, and casing as words', () => {
    const { upstreams } = load(
      '{ name: a, url: "http://a", credentials: { token: pat }, proxy: { url: "http://b:1" }, casing: "default, lower" }',
    )
    expect(upstreams).toMatchObject([
      {
        credentials: { kind: 'bearer', token: 'pat' },
        proxy: { url: 'http://b:1', username: undefined, password: undefined },
        casing: ['default', 'lower'],
      },
    ])
  })
})

test('A folder is an upstream, too, with the folders to which its pointers may lead', () => {
  const { cwd, upstreams } = load(`
    name: share
    type: directory
    path: mnt/symbols
    pointer_roots:
      - { prefix: '\\\\builds\\drop', path: mnt/drop }
      - { path: /srv/drop }`)
  expect(upstreams).toEqual([
    {
      name: 'share',
      rules: expect.any(Object),
      type: 'directory',
      path: join(cwd, 'mnt/symbols'),
      pointerRoots: [
        { prefix: String.raw`\\builds\drop`, path: join(cwd, 'mnt/drop') },
        { prefix: '/srv/drop', path: '/srv/drop' },
      ],
      public: false,
      enabled: true,
      layout: 'symstore',
      casing: ['default'],
      concurrency: 8,
      attempts: 3,
      misses: { retryAfterMs: 3_600_000 },
    },
  ])
})

test('What an upstream is survives JSON', () => {
  const { upstreams } = load('{ name: a, url: "http://a", timeouts: { idle: 0 } }')
  expect(JSON.parse(JSON.stringify(upstreams))).toEqual(upstreams)
})

describe('A bucket of S3', () => {
  const KEYS = { kind: 'keys', accessKeyId: 'id', secretAccessKey: 'se/cret+' }

  test('needs no more than its name', () => {
    expect(load('{ name: a, type: s3, bucket: symbols }').upstreams).toMatchObject([
      {
        type: 's3',
        bucket: 'symbols',
        prefix: '',
        region: 'us-east-1',
        endpoint: undefined,
        forcePathStyle: false,
        credentials: undefined,
        casing: ['default', 'lower'],
      },
    ])
  })

  test.each([
    'bucket: symbols, region: eu-1, endpoint: "http://s3:9000/", credentials: { access_key_id: id, secret_access_key: se/cret+ }',
    'url: "http://s3:9000", credentials: { access_key_id: id, secret_access_key: se/cret+, region: eu-1, bucket: symbols }',
  ])('is told where it is: %s', (entry) => {
    const { upstreams } = load(
      `{ name: a, type: s3, prefix: /a/b/, force_path_style: true, casing: lower_file, ${entry} }`,
    )
    expect(upstreams).toMatchObject([
      {
        bucket: 'symbols',
        prefix: 'a/b',
        region: 'eu-1',
        endpoint: 'http://s3:9000',
        forcePathStyle: true,
        credentials: KEYS,
        casing: ['lower_file'],
      },
    ])
  })

  test.each([
    ['', 'bucket in symgate.yaml is missing; allowed: the name of a bucket'],
    [
      'bucket: abc, credentials: { access_key_id: a }',
      'credentials.secret_access_key in symgate.yaml is missing; allowed: a value, as access_key_id and secret_access_key go together',
    ],
    [
      'bucket: abc, credentials: { username: a, password: b }',
      'credentials in symgate.yaml is a group of keys; allowed: access_key_id and secret_access_key',
    ],
    [
      'bucket: abc, credentials: { bucket: abc }',
      'credentials.bucket in symgate.yaml is "abc"; allowed: nothing, as this is said for the upstream already',
    ],
    [
      'bucket: abc, url: "http://a", endpoint: "http://a"',
      'url in symgate.yaml is "http://a"; allowed: nothing, as this is the same as endpoint',
    ],
    [
      'bucket: Abc',
      'bucket in symgate.yaml is "Abc"; allowed: the name of a bucket: small letters, digits, ".", "_" and "-"',
    ],
  ])('is refused with { %s }', (entry, message) => {
    expect(() => load(`{ name: a, type: s3, ${entry} }`)).toThrow(`upstreams[0].${message}`)
  })
})

describe('A bucket of GCS', () => {
  const KEY = { client_email: 'a@b', private_key: 'k', type: 'service_account' }

  test.each([
    ['service_account_json', JSON.stringify(KEY)],
    ['service_account_json', KEY],
  ])('takes the key of a service account as %s: %j', (name, key) => {
    const credentials = JSON.stringify({ [name]: key })
    const { upstreams } = load(`{ name: a, type: gcs, bucket: abc, credentials: ${credentials} }`)
    expect(upstreams).toMatchObject([
      {
        endpoint: 'https://storage.googleapis.com',
        credentials: { kind: 'service-account', json: JSON.stringify(KEY) },
      },
    ])
  })

  test('takes the file of a service account, from the folder of the configuration', () => {
    const cwd = tempDir()
    writeFileSync(join(cwd, 'key.json'), JSON.stringify(KEY))
    const entry = { name: 'a', type: 'gcs', bucket: 'abc' }
    const file = { ...entry, credentials: { service_account_file: 'key.json' } }
    writeFileSync(join(cwd, 'symgate.yaml'), JSON.stringify({ upstreams: [file] }))
    expect(loadConfig({ flags: {}, env: {}, cwd }).upstreams).toMatchObject([
      { credentials: { kind: 'service-account', json: JSON.stringify(KEY) } },
    ])
    const none = { ...entry, credentials: { service_account_file: 'none.json' } }
    writeFileSync(join(cwd, 'symgate.yaml'), JSON.stringify({ upstreams: [none] }))
    expect(() => loadConfig({ flags: {}, env: {}, cwd })).toThrow(
      /^service_account_file \S+none\.json cannot be read: .*ENOENT/,
    )
  })

  test('takes HMAC keys', () => {
    const { upstreams } = load(
      '{ name: a, type: gcs, bucket: abc, credentials: { access_key_id: a, secret_access_key: b } }',
    )
    expect(upstreams).toMatchObject([{ credentials: { kind: 'keys', accessKeyId: 'a' } }])
  })

  test('is refused with a key that is none, which is not shown', () => {
    expect(() =>
      load(
        '{ name: a, type: gcs, bucket: abc, credentials: { service_account_json: "{\\"private_key\\": \\"s3cret\\"}" } }',
      ),
    ).toThrow(
      'upstreams[0].credentials.service_account_json in symgate.yaml is ***; allowed: the JSON key of a Google service account',
    )
  })
})
