import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { knownKeys } from '../../src/config/known-keys.ts'
import { loadConfig } from '../../src/config/load.ts'
import { schema } from '../../src/config/schema.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** The message with which loading fails; `DIR` stands for the working folder. */
function failure(
  yaml: string | undefined,
  env: Readonly<Record<string, string>> = {},
  flags: Parameters<typeof loadConfig>[0]['flags'] = {},
): string {
  const cwd = tempDir()
  if (yaml !== undefined) writeFileSync(join(cwd, 'symgate.yaml'), yaml)
  mkdirSync(join(cwd, 'folder'))
  const error = errorOf(() => loadConfig({ flags, env, cwd }))
  expect(error.code).toBe('config_invalid')
  expect(error.message).not.toMatch(/[\n\r]/)
  return error.message.replaceAll(cwd, 'DIR')
}

/** The keys of a group, as the messages list them. */
function keysOf(group: string): string {
  const prefix = group === '' ? '' : `${group}.`
  return [...knownKeys(schema).keys()]
    .filter((key) => key.startsWith(prefix) && /^\w+$/.test(key.slice(prefix.length)))
    .map((key) => key.slice(prefix.length))
    .join(', ')
}

function errorOf(run: () => unknown): AppError {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

const SIZE = 'a size such as 512KiB or 10GiB, or 0'
const DURATION = 'a duration such as 30s or 12h, or 0'
const TIMEOUT = 'a duration such as 500ms or 30s, at most 24d, or 0'
const COUNT = 'a whole number of at least 1'
const FOLDER = 'the path of a folder'
const LISTEN = 'HOST:PORT, such as 127.0.0.1:8080, "[::1]:8080" or 0.0.0.0:0'
const URL = 'an http or https URL without user name, query and fragment'
const NAME = 'small letters, digits, ".", "_" and "-", a letter or digit first'
const AGENT = 'printable ASCII without spaces around it'
const STORE_KEYS =
  'type, path, bucket, prefix, endpoint, region, force_path_style, access_key_id, secret_access_key, checksums, sse, sse_kms_key_id, read_only, follow_every'
const CASING = 'a list of default, lower, lower_file, lower_id, upper_id'
const TEXT = 'a text without control characters'
const LEVELS = 'trace, debug, info, warn, error or silent'

describe('A wrong value', () => {
  test.each([
    ['listen: 8080', 'listen', '8080', LISTEN],
    ['listen: ":8080"', 'listen', '":8080"', LISTEN],
    ['listen: localhost', 'listen', '"localhost"', LISTEN],
    ['listen: localhost:65536', 'listen', '"localhost:65536"', LISTEN],
    ['listen: 300.1.1.1:80', 'listen', '"300.1.1.1:80"', LISTEN],
    ['listen: "[localhost]:80"', 'listen', '"[localhost]:80"', LISTEN],
    ['listen: "::1:80"', 'listen', '"::1:80"', LISTEN],
    ['data: 5', 'data', '5', FOLDER],
    ['data: ""', 'data', '""', FOLDER],
    ['data: "a\\0b"', 'data', String.raw`"a\u0000b"`, FOLDER],
    ['public_url: example.com', 'public_url', '"example.com"', URL],
    ['public_url: ftp://example.com', 'public_url', '"ftp://example.com"', URL],
    ['public_url: "http:example.com"', 'public_url', '"http:example.com"', URL],
    ['public_url: "http://"', 'public_url', '"http://"', URL],
    ['public_url: "http://example.com/#a"', 'public_url', '"http://example.com/#a"', URL],
    ['public_url: "http://example.com/a b"', 'public_url', '"http://example.com/a b"', URL],
    [
      'public_url: "http://example.com/?sig=s3cret"',
      'public_url',
      '"http://example.com/?***"',
      URL,
    ],
    ['public_url: "http://u:s3cret@example.com"', 'public_url', '"http://***@example.com"', URL],
    ['store: { type: gcs }', 'store.type', '"gcs"', 'local or s3'],
    ['store: /srv', 'store', '"/srv"', `a group of the keys ${STORE_KEYS}`],
    ['cache: [a]', 'cache', 'a list', 'a group of the keys path, max_size, max_age'],
    ['cache: { path: [a] }', 'cache.path', 'a list', FOLDER],
    ['memory_cache: { max_size: 64M }', 'memory_cache.max_size', '"64M"', SIZE],
    ['memory_cache: { max_blob: -1 }', 'memory_cache.max_blob', '-1', SIZE],
    [
      'trusted_proxies: [localhost]',
      'trusted_proxies[0]',
      '"localhost"',
      'a network such as 10.0.0.0/8 or 2001:db8::/32, or an IP address',
    ],
    [
      'access: { anonymous_from: [10.0.0.0/33] }',
      'access.anonymous_from[0]',
      '"10.0.0.0/33"',
      'a network such as 10.0.0.0/8 or 2001:db8::/32, or an IP address',
    ],
    [
      'access: { cors_origins: ["https://a/b"] }',
      'access.cors_origins[0]',
      '"https://a/b"',
      'an origin such as https://profiler.firefox.com, or "*"',
    ],
    [
      'access: { hosts: ["a:80"] }',
      'access.hosts[0]',
      '"a:80"',
      'a host name or address without port, IPv6 in brackets',
    ],
    ['access: { anonymous_download: yes }', 'access.anonymous_download', '"yes"', 'true or false'],
    ['serve: { compressed: 1 }', 'serve.compressed', '1', 'true or false'],
    ['serve: { http_compression: gzip }', 'serve.http_compression', '"gzip"', 'none, text or all'],
    ['uploads: { on_conflict: ask }', 'uploads.on_conflict', '"ask"', 'keep or replace'],
    ['uploads: { on_conflict_pe: 1 }', 'uploads.on_conflict_pe', '1', 'keep or replace'],
    ['limits: { upload_size: 1.5GiB }', 'limits.upload_size', '"1.5GiB"', SIZE],
    ['limits: { fill_size: { max: 1 } }', 'limits.fill_size', 'a group of keys', SIZE],
    ['limits: { entries: 0 }', 'limits.entries', '0', COUNT],
    ['limits: { concurrent_fills: 1.5 }', 'limits.concurrent_fills', '1.5', COUNT],
    ['limits: { concurrent_uploads: many }', 'limits.concurrent_uploads', '"many"', COUNT],
    ['misses: { retry_after: 30 }', 'misses.retry_after', '30', DURATION],
    ['misses: { forget_after: 1h30m }', 'misses.forget_after', '"1h30m"', DURATION],
    ['upstreams: { name: a }', 'upstreams', 'a group of keys', 'a list'],
    ['log: { level: verbose }', 'log.level', '"verbose"', LEVELS],
    [`log: { level: ${'v'.repeat(200)} }`, 'log.level', `"${'v'.repeat(80)}…"`, LEVELS],
    ['log: { level: "a\\nb" }', 'log.level', String.raw`"a\nb"`, LEVELS],
  ])('%j is refused', (yaml, key, found, allowed) => {
    expect(failure(yaml)).toBe(`${key} in symgate.yaml is ${found}; allowed: ${allowed}`)
  })

  test.each([
    ['name: A', 'name', '"A"', NAME],
    ['name: -a', 'name', '"-a"', NAME],
    ['name: 5', 'name', '5', NAME],
    ['type: ftp', 'type', '"ftp"', 'http, s3, gcs, directory or debuginfod'],
    ['layout: flat', 'layout', '"flat"', 'symstore, symstore_index2, ssqp, breakpad or native'],
    ['casing: [upper]', 'casing', 'a list', CASING],
    ['casing: lower upper', 'casing', '"lower upper"', CASING],
    ['concurrency: 0', 'concurrency', '0', 'a whole number of at least 1'],
    ['attempts: none', 'attempts', '"none"', 'a whole number of at least 1'],
    ['path: /srv', 'path', '"/srv"', 'nothing, as this belongs to upstreams of type directory'],
    ['bucket: a-b', 'bucket', '"a-b"', 'nothing, as this belongs to upstreams of type s3 or gcs'],
    ['proxy: { url: "socks://a" }', 'proxy.url', '"socks://a"', URL],
    ['ca_file: []', 'ca_file', 'a list', 'the path of a file'],
    ['credentials: { password: { a: b } }', 'credentials.password', '***', TEXT],
    ['credentials: { token: " " }', 'credentials.token', '***', AGENT],
    [
      'credentials: { token: a, password: b }',
      'credentials.username',
      'missing',
      'a value, as username and password go together',
    ],
    ['credentials: {}', 'credentials', 'a group of keys', 'username and password, or token'],
    ['url: example.com/symbols', 'url', '"example.com/symbols"', URL],
    ['public: maybe', 'public', '"maybe"', 'true or false'],
    ['enabled: 1', 'enabled', '1', 'true or false'],
    ['timeouts: { connect: 5 }', 'timeouts.connect', '5', TIMEOUT],
    ['timeouts: { total: 25d }', 'timeouts.total', '"25d"', TIMEOUT],
    ['misses: { retry_after: soon }', 'misses.retry_after', '"soon"', DURATION],
    ['user_agent: " a"', 'user_agent', '" a"', AGENT],
    ['user_agent: "a\\r\\nb: c"', 'user_agent', String.raw`"a\r\nb: c"`, AGENT],
    ['url: "https://u:s3cret@example.com"', 'url', '"https://***@example.com"', URL],
  ])('%j of an upstream is refused', (yaml, key, found, allowed) => {
    const entry = Object.entries({ name: 'name: b', url: 'url: http://b' })
      .filter(([name]) => name !== key)
      .map(([, line]) => line)
    const list = `upstreams:\n  - { name: a, url: "http://a" }\n  - ${[...entry, yaml].join('\n    ')}`
    expect(failure(list)).toBe(
      `upstreams[1].${key} in symgate.yaml is ${found}; allowed: ${allowed}`,
    )
  })

  test.each([
    'http://u:s3/cret@example.com',
    'u:s3cret@example.com',
    'https://u:s3?cret@example.com',
  ])('A password in %s stays out of the message', (url) => {
    expect(failure(`upstreams: [{ name: a, url: "${url}" }]`)).not.toContain('s3')
  })

  test('A name can be given to one upstream only', () => {
    const list = 'upstreams: [{ name: a, url: "http://a" }, { name: a, url: "http://b" }]'
    expect(failure(list)).toBe(
      'upstreams[1].name in symgate.yaml is "a"; allowed: a name that no other upstream has',
    )
  })

  test('A missing key is named with the group that lacks it', () => {
    expect(failure('upstreams: [{ name: a }]')).toBe(
      `upstreams[0].url in symgate.yaml is missing; allowed: ${URL}`,
    )
    expect(failure('upstreams: [{ url: "http://a" }]')).toBe(
      `upstreams[0].name in symgate.yaml is missing; allowed: ${NAME}`,
    )
    expect(failure('upstreams:\n  -\n')).toBe(
      `upstreams[0] in symgate.yaml is missing; allowed: a group of the keys ${keysOf('upstreams[]')}`,
    )
  })

  test('The file as a whole must be a group of keys', () => {
    expect(failure('- listen')).toBe(
      `the configuration in symgate.yaml is a list; allowed: a group of the keys ${keysOf('')}`,
    )
  })

  test.each([
    ['cache: { path: x }\nstore: { path: x }', 'DIR/x', 'DIR/x'],
    ['cache: { path: storage/symbols/cache }', 'DIR/storage/symbols/cache', 'DIR/storage/symbols'],
    ['store: { path: storage/cache/..s }', 'DIR/storage/cache', 'DIR/storage/cache/..s'],
  ])('Store and cache must be apart: %j', (yaml, cache, store) => {
    expect(failure(yaml)).toBe(
      `cache.path is "${cache}" and store.path "${store}"; allowed: two folders, neither inside the other`,
    )
  })
})

test('A cabinet can be preferred only where cabinets are served', () => {
  expect(failure('single: { prefer: [compressed] }')).toBe(
    'single.prefer has "compressed"; allowed without serve.compressed: true: plain or sym',
  )
  expect(failure('single: { prefer: [zip] }')).toBe(
    'single.prefer[0] in symgate.yaml is "zip"; allowed: plain, compressed or sym',
  )
})

test('A rule of retention names its pattern when it is wrong', () => {
  expect(failure('retention: { tags: { "a-*": { max_age: 5 } } }')).toBe(
    `retention.tags.a-*.max_age in symgate.yaml is 5; allowed: ${DURATION}`,
  )
  expect(failure('retention: { tags: [] }')).toBe(
    'retention.tags in symgate.yaml is a list; allowed: a group of patterns',
  )
  expect(failure('retention: { tags: { "a": 5 } }')).toBe(
    'retention.tags.a in symgate.yaml is 5; allowed: a group of the keys keep_last, max_age, unused_for',
  )
  expect(failure(undefined, { SYMGATE_RETENTION__TAGS: '{ "a": { max_age: 5 } }' })).toBe(
    `retention.tags.a.max_age from SYMGATE_RETENTION__TAGS is 5; allowed: ${DURATION}`,
  )
})

describe('An unknown key', () => {
  test.each([
    ['listten: a', 'listten', 'did you mean "listen"?'],
    ['publicUrl: a', 'publicUrl', 'did you mean "public_url"?'],
    ['limits: { entrys: 1 }', 'limits.entrys', 'did you mean "limits.entries"?'],
    ['anonymous_download: true', 'anonymous_download', 'did you mean "access.anonymous_download"?'],
    [
      'upstreams: [{ name: a, ulr: "http://a" }]',
      'upstreams[0].ulr',
      'did you mean "upstreams[0].url"?',
    ],
    [
      'upstreams: [{ name: a, url: "http://a", timeouts: { conect: 1s } }]',
      'upstreams[0].timeouts.conect',
      'did you mean "upstreams[0].timeouts.connect"?',
    ],
    ['store: { acl: a }', 'store.acl', `allowed: ${STORE_KEYS}`],
    ['__proto__: { listen: a }', '__proto__', 'allowed: ' + TOP()],
    ['constructor: 1', 'constructor', 'allowed: ' + TOP()],
    ['sessions: {}', 'sessions', 'allowed: ' + TOP()],
    [
      'retention: { tags: { "a-*": { keep_lst: 1 } } }',
      'retention.tags.a-*.keep_lst',
      'did you mean "retention.tags.a-*.keep_last"?',
    ],
    ['path: a', 'path', 'allowed: ' + TOP()],
    ['1: 2', '1', 'allowed: ' + TOP()],
  ])('%j is refused with the one that was meant, or those that are known', (yaml, key, hint) => {
    expect(failure(yaml)).toBe(`unknown key "${key}" in symgate.yaml; ${hint}`)
  })

  test('It is told before other errors, which it may be the cause of', () => {
    expect(failure('listen: 5\nupstreams: [{ name: a, ulr: "http://a" }]')).toBe(
      'unknown key "upstreams[0].ulr" in symgate.yaml; did you mean "upstreams[0].url"?',
    )
  })

  function TOP(): string {
    return keysOf('')
  }
})

describe('A wrong notification', () => {
  const mail = { smtp: 'smtp://mail', from: 'a@x.org', to: ['b@x.org'] }

  test.each([
    [{ email: [{ ...mail, smtp: 'http://user:s3cret@mail' }] }, 'notify.email[0].smtp'],
    [{ email: [{ ...mail, from: 'nobody' }] }, 'notify.email[0].from'],
    [{ email: [{ ...mail, to: [] }] }, 'notify.email[0].to'],
    [{ email: [{ ...mail, to: ['b@x.org', 'a@x.org\r\nBcc: c@x.org'] }] }, 'notify.email[0].to[1]'],
    [{ email: [{ ...mail, on: 'never' }] }, 'notify.email[0].on'],
    [{ webhook: [{ url: 'ftp://x' }] }, 'notify.webhook[0].url'],
    [{ webhook: [{ url: 'http://x', events: ['upload'] }] }, 'notify.webhook[0].events[0]'],
  ])('%j is refused by its key', (notify, key) => {
    const message = failure(JSON.stringify({ notify }))
    expect(message).toContain(`${key} in symgate.yaml is `)
    expect(message).not.toContain('s3cret')
  })
})

describe('Broken YAML', () => {
  test.each([
    ['listen: a\nlisten: b', ' at line 2, column 1: the key "listen" stands there a second time'],
    [
      'log:\n  level: a\n  "level": b',
      ' at line 3, column 3: the key "level" stands there a second time',
    ],
    ['listen: [::1]:80', ' at line 1, column 14: Unexpected scalar at node end'],
    ['log:\n\tlevel: info', ' at line 2, column 1: Tabs are not allowed as indentation'],
    ['data: !env DATA', ' at line 1, column 7: Unresolved tag: !env'],
    ['? [a]\n: 1', ' at line 1, column 3: With stringKeys, all keys must be strings'],
    ['data: *a', ': Unresolved alias (the anchor must be set before the alias): a'],
  ])('%j is refused with its place', (yaml, trouble) => {
    expect(failure(yaml)).toBe(`broken YAML in symgate.yaml${trouble}`)
  })

  test('A second document is refused', () => {
    expect(failure('data: a\n---\ndata: b')).toMatch(
      /^broken YAML in symgate\.yaml at line 2, column 1: .*multiple documents/,
    )
  })

  test.each(['upstreams: &a [*a]', `data: ${'['.repeat(20)}${']'.repeat(20)}`])(
    'Nesting without end is refused: %j',
    (yaml) => {
      expect(failure(yaml)).toBe('the YAML in symgate.yaml is nested deeper than 16 levels')
    },
  )

  test.each([
    ['very deep nesting', `data: ${'['.repeat(20_000)}`],
    [
      'aliases that multiply',
      'a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c]',
    ],
  ])('A bomb is refused: %s', (_, yaml) => {
    expect(failure(yaml)).toMatch(/^broken YAML in symgate\.yaml/)
  })
})

describe('The file', () => {
  test.each([
    ['absent.yaml', '--config absent.yaml does not exist; allowed: a YAML file'],
    ['folder', '--config folder cannot be read (EISDIR); allowed: a YAML file'],
  ])('--config %s is refused', (config, message) => {
    expect(failure(undefined, {}, { config })).toBe(message)
  })

  test('symgate.yaml must be readable if it is there', () => {
    const cwd = tempDir()
    mkdirSync(join(cwd, 'symgate.yaml'))
    expect(() => loadConfig({ flags: {}, env: {}, cwd })).toThrow(
      'symgate.yaml cannot be read (EISDIR); allowed: a YAML file',
    )
  })

  test('Messages name it as the flag does', () => {
    const cwd = tempDir()
    writeFileSync(join(cwd, 'own.yaml'), 'lisen: a')
    expect(() => loadConfig({ flags: { config: './own.yaml' }, env: {}, cwd })).toThrow(
      'unknown key "lisen" in ./own.yaml; did you mean "listen"?',
    )
  })
})

describe('The environment', () => {
  test.each([
    ['SYMGATE_LISTTEN', 'did you mean "SYMGATE_LISTEN"?'],
    ['SYMGATE_STORE_TYPE', 'did you mean "SYMGATE_STORE__TYPE"?'],
    ['SYMGATE_listen', 'did you mean "SYMGATE_LISTEN"?'],
    ['SYMGATE_UPSTREAMS__3__ULR', 'did you mean "SYMGATE_UPSTREAMS__3__URL"?'],
    ['SYMGATE_UPSTREAMS__00__URL', 'did you mean "SYMGATE_UPSTREAMS__0__URL"?'],
    ['SYMGATE_LISTEN__0', 'did you mean "SYMGATE_LISTEN"?'],
    [
      'SYMGATE_WHATEVER',
      'allowed: SYMGATE_ and a key in capitals, such as SYMGATE_LISTEN or SYMGATE_STORE__PATH',
    ],
    [
      'SYMGATE_',
      'allowed: SYMGATE_ and a key in capitals, such as SYMGATE_LISTEN or SYMGATE_STORE__PATH',
    ],
  ])('%s is refused', (name, hint) => {
    expect(failure(undefined, { [name]: 'a' })).toBe(
      `unknown environment variable "${name}"; ${hint}`,
    )
  })

  test('A wrong value is told with the variable', () => {
    expect(failure('listen: localhost:80', { SYMGATE_LISTEN: 'nowhere' })).toBe(
      `listen from SYMGATE_LISTEN is "nowhere"; allowed: ${LISTEN}`,
    )
    expect(failure(undefined, { SYMGATE_LIMITS__ENTRIES: '-5' })).toBe(
      `limits.entries from SYMGATE_LIMITS__ENTRIES is "-5"; allowed: ${COUNT}`,
    )
  })

  test('Of file and variable the one is named that the value came from', () => {
    const yaml = 'upstreams: [{ name: a, url: "http://a", timeouts: { idle: x } }]'
    expect(failure(yaml, { SYMGATE_UPSTREAMS__0__NAME: 'b' })).toBe(
      `upstreams[0].timeouts.idle in symgate.yaml is "x"; allowed: ${TIMEOUT}`,
    )
    expect(failure(yaml, { SYMGATE_UPSTREAMS: '[{ name: b }]' })).toBe(
      `upstreams[0].url from SYMGATE_UPSTREAMS is missing; allowed: ${URL}`,
    )
    expect(failure(undefined, { SYMGATE_UPSTREAMS__0__NAME: 'b' })).toBe(
      `upstreams[0].url is missing; allowed: ${URL}`,
    )
    expect(failure('store: here', { SYMGATE_STORE__TYPE: 'local' })).toBe(
      `store in symgate.yaml is "here"; allowed: a group of the keys ${STORE_KEYS}`,
    )
    expect(failure('upstreams: none', { SYMGATE_UPSTREAMS__0__NAME: 'b' })).toBe(
      'upstreams in symgate.yaml is "none"; allowed: a list',
    )
  })

  test('Broken and unknown things inside a list are told with the variable', () => {
    expect(failure(undefined, { SYMGATE_UPSTREAMS: '[{ name: a' })).toMatch(
      /^broken YAML from SYMGATE_UPSTREAMS at line 1, column \d+: [^\n]+$/,
    )
    expect(failure(undefined, { SYMGATE_UPSTREAMS: '[{ nam: a }]' })).toBe(
      'unknown key "upstreams[0].nam" from SYMGATE_UPSTREAMS; did you mean "upstreams[0].name"?',
    )
    expect(failure(undefined, { SYMGATE_UPSTREAMS: 'msdl' })).toBe(
      'upstreams from SYMGATE_UPSTREAMS is "msdl"; allowed: a list',
    )
  })

  test('A list has no holes', () => {
    expect(failure(undefined, { SYMGATE_UPSTREAMS__1__NAME: 'a' })).toBe(
      'entry 1 from SYMGATE_UPSTREAMS__1__NAME leaves a hole: the list has 0 entries, so the next is 0',
    )
  })
})

test('A wrong flag is told as such', () => {
  expect(failure('listen: localhost:80', {}, { listen: 'localhost:http' })).toBe(
    `listen from --listen is "localhost:http"; allowed: ${LISTEN}`,
  )
  expect(failure(undefined, {}, { data: '' })).toBe(`data from --data is ""; allowed: ${FOLDER}`)
})
