import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** Loads the configuration in a fresh folder that holds the given files. */
function load(
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  flags: Parameters<typeof loadConfig>[0]['flags'] = {},
) {
  const cwd = tempDir()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  return { cwd, config: loadConfig({ flags, env, cwd }) }
}

const MINUTE = 60_000
const GIB = 2 ** 30
const msdl = 'https://msdl.microsoft.com/download/symbols'

const DEFAULT_RULES = {
  priority: 10,
  kinds: [],
  requireChecksum: false,
  allowlistEnabled: false,
  allowlist: [],
  blocklist: [],
  skip: { afterFailedFills: 3, forgetAfterMs: 12 * 60 * MINUTE },
  breaker: { failures: 5, windowMs: 10 * MINUTE, pauseMs: 15 * MINUTE },
}

test('A variable for a list of plain values is YAML, or has commas between them', () => {
  const { config } = load(
    { 'symgate.yaml': 'upstreams: [{ name: a, url: "http://a" }]' },
    {
      SYMGATE_TRUSTED_PROXIES: '10.0.0.1, 2001:db8::/32',
      SYMGATE_SINGLE__PREFER: '[sym]',
      SYMGATE_ACCESS__CORS_ORIGINS: '*',
      SYMGATE_UPSTREAMS__0__BLOCKLIST: '*.sys,b?.pdb',
    },
  )
  expect(config.trustedProxies).toHaveLength(2)
  expect(config.single.prefer).toEqual(['sym'])
  expect(config.access.corsOrigins).toEqual(['*'])
  expect(config.upstreams[0]?.rules.blocklist).toEqual(['*.sys', 'b?.pdb'])
})

test('Without any configuration every default stands', () => {
  const { config, cwd } = load()
  expect(config).toEqual({
    listen: { host: '127.0.0.1', port: 8080 },
    data: join(cwd, 'storage'),
    publicUrl: undefined,
    adminTokenFile: undefined,
    trustedProxies: [],
    store: { type: 'local', path: join(cwd, 'storage/symbols') },
    cache: {
      path: join(cwd, 'storage/cache'),
      maxBytes: 50 * GIB,
      maxAgeMs: 90 * 24 * 60 * MINUTE,
    },
    memoryCache: { maxBytes: 64 * 2 ** 20, maxBlobBytes: 256 * 2 ** 10 },
    access: {
      anonymousDownload: true,
      anonymousFrom: [],
      corsOrigins: [],
      hosts: [],
      readOnlyPage: false,
    },
    serve: { compressed: false, httpCompression: 'text', symbolAgentStatus: false },
    single: { prefer: ['plain', 'sym'] },
    uploads: {
      onConflict: 'keep',
      onConflictPe: 'keep',
      refused: { maxEntries: 10_000, forgetAfterMs: 90 * 86_400_000 },
    },
    import: { pointerRoots: [] },
    limits: {
      maxUploadBytes: 10 * GIB,
      maxEntryBytes: 16 * GIB,
      maxExpandedBytes: 64 * GIB,
      maxEntries: 100_000,
      maxConcurrentUploads: 4,
      maxConcurrentFills: 32,
      maxFillBytes: 16 * GIB,
      minFreeBytes: 2 * GIB,
      maxNewPathsPerClient: 50_000,
    },
    misses: { retryAfterMs: 60 * MINUTE, forgetAfterMs: 24 * 60 * MINUTE, maxEntries: 1_000_000 },
    missing: { maxEntries: 100_000, forgetAfterMs: 30 * 86_400_000 },
    skip: DEFAULT_RULES.skip,
    breaker: DEFAULT_RULES.breaker,
    presets: 'debugger',
    publicNames: [],
    notify: { email: [], webhook: [] },
    upstreams: [],
    retention: {
      tags: [],
      maxTotalBytes: Infinity,
      safetyPeriodMs: 7 * 24 * 60 * MINUTE,
      intervalMs: 60 * MINUTE,
    },
    check: { maxBytesPerSecond: 100 * 2 ** 20, intervalMs: undefined },
    log: { level: 'info' },
  })
})

/** What an upstream is that says no more than in these tests; `upstreams.test.ts` has the rest. */
const DEFAULTS = {
  layout: 'symstore',
  casing: ['default'],
  credentials: undefined,
  proxy: undefined,
  caFile: undefined,
  allowPrivateAddresses: false,
  concurrency: 8,
  attempts: 3,
}

test('An upstream needs a name and a URL, the rest has defaults', () => {
  const { config } = load({ 'symgate.yaml': `upstreams: [{ name: msdl, url: "${msdl}/" }]` })
  expect(config.upstreams).toEqual([
    {
      name: 'msdl',
      type: 'http',
      url: msdl,
      public: false,
      enabled: true,
      timeouts: { connectMs: 5000, firstByteMs: 30_000, idleMs: 30_000, totalMs: undefined },
      misses: { retryAfterMs: 60 * MINUTE },
      userAgent: 'Microsoft-Symbol-Server/10.0.0.0',
      ...DEFAULTS,
      rules: DEFAULT_RULES,
    },
  ])
})

test('Every key of the file reaches the configuration', () => {
  const { config, cwd } = load({
    'symgate.yaml': `
listen: "[::1]:0"
data: elsewhere
public_url: HTTPS://Symbols.example.com/base/
store: { type: local, path: /srv/symbols }
cache: { path: ../cache, max_size: 1GB, max_age: 2w }
memory_cache: { max_size: 0, max_blob: 1024 }
admin_token_file: secrets/admin
trusted_proxies: [127.0.0.1, "::1/128"]
access:
  anonymous_download: false
  anonymous_from: [10.0.0.0/8, "2001:db8::/32"]
  cors_origins: [HTTPS://Profiler.Firefox.com/, "*"]
  hosts: [symbols.example.com, "[::1]"]
  read_only_page: true
serve: { compressed: on, http_compression: all, symbol_agent_status: on }
single: { prefer: [compressed, sym] }
uploads: { on_conflict: replace, on_conflict_pe: replace, refused: { max_entries: 7, forget_after: 5s } }
import:
  pointer_roots: [{ path: /drop, prefix: 'D:\\drop' }]
limits:
  upload_size: 1GB
  entry_size: 2TiB
  expanded_size: 3000
  entries: 5
  concurrent_uploads: 6
  concurrent_fills: 7
  min_free_space: 9kB
  new_paths_per_client: 8
  fill_size: 8kB
misses: { retry_after: 9m, forget_after: 1w, max_entries: 10 }
missing: { max_entries: 9, forget_after: 0 }
skip: { after_failed_fills: 8, forget_after: 1h }
breaker: { failures: 9, window: 2m, pause: 4m }
presets: service
public_names: [vcruntime*.dll]
notify:
  email:
    - { smtp: "smtps://u:p@mail:1", from: a@x.org, to: [b@x.org], on: always, tags: [x, "y*"] }
    - { smtp: "smtp://mail", from: Me <a@x.org>, to: [b@x.org] }
  webhook:
    - { url: "https://h/?k=1", secret: 7, events: [package] }
    - url: http://h
upstreams:
  - name: first.one
    type: http
    url: http://127.0.0.1:9000/a
    public: true
    enabled: false
    priority: -3
    kinds: [pe, pdb]
    require_checksum: true
    allowlist_enabled: true
    allowlist: ["kernel*.pdb"]
    blocklist: ["*.sys", "?.dll"]
    skip: { after_failed_fills: 0, forget_after: 0 }
    breaker: { failures: 0, window: 1s, pause: 2s }
    timeouts: { connect: 1ms, first_byte: 2s, idle: 3m, total: 24d }
    misses: { retry_after: 4h }
    user_agent: symgate (test)
  - name: second
    url: https://example.com
retention:
  tags: { "nightly-*": { keep_last: 3, max_age: 4d, unused_for: 5m }, "release-*": {}, "*": { max_age: 0 } }
  max_total: 6GiB
  safety_period: 0
  interval: 0
check: { max_rate: 0, interval: 1h }
log: { level: silent }
`,
  })
  expect(config).toEqual({
    listen: { host: '::1', port: 0 },
    data: join(cwd, 'elsewhere'),
    publicUrl: 'https://symbols.example.com/base',
    store: { type: 'local', path: '/srv/symbols' },
    cache: { path: join(cwd, '../cache'), maxBytes: 1e9, maxAgeMs: 14 * 24 * 60 * MINUTE },
    memoryCache: { maxBytes: 0, maxBlobBytes: 1024 },
    adminTokenFile: join(cwd, 'secrets/admin'),
    trustedProxies: [
      { address: '127.0.0.1', bits: 32 },
      { address: '::1', bits: 128 },
    ],
    access: {
      anonymousDownload: false,
      anonymousFrom: [
        { address: '10.0.0.0', bits: 8 },
        { address: '2001:db8::', bits: 32 },
      ],
      corsOrigins: ['https://profiler.firefox.com', '*'],
      readOnlyPage: true,
      hosts: ['symbols.example.com', '[::1]'],
    },
    serve: { compressed: true, httpCompression: 'all', symbolAgentStatus: true },
    single: { prefer: ['compressed', 'sym'] },
    uploads: {
      onConflict: 'replace',
      onConflictPe: 'replace',
      refused: { maxEntries: 7, forgetAfterMs: 5_000 },
    },
    import: { pointerRoots: [{ prefix: 'D:\\drop', path: '/drop' }] },
    limits: {
      maxUploadBytes: 1e9,
      maxEntryBytes: 2 * 2 ** 40,
      maxExpandedBytes: 3000,
      maxEntries: 5,
      maxConcurrentUploads: 6,
      maxConcurrentFills: 7,
      maxFillBytes: 8000,
      minFreeBytes: 9000,
      maxNewPathsPerClient: 8,
    },
    misses: { retryAfterMs: 9 * MINUTE, forgetAfterMs: 7 * 24 * 60 * MINUTE, maxEntries: 10 },
    missing: { maxEntries: 9, forgetAfterMs: Infinity },
    skip: { afterFailedFills: 8, forgetAfterMs: 60 * MINUTE },
    breaker: { failures: 9, windowMs: 2 * MINUTE, pauseMs: 4 * MINUTE },
    presets: 'service',
    publicNames: ['vcruntime*.dll'],
    notify: {
      email: [
        {
          smtp: 'smtps://u:p@mail:1',
          from: 'a@x.org',
          to: ['b@x.org'],
          on: 'always',
          tags: ['x', 'y*'],
        },
        { smtp: 'smtp://mail', from: 'Me <a@x.org>', to: ['b@x.org'], on: 'failed', tags: ['*'] },
      ],
      webhook: [
        { url: 'https://h/?k=1', secret: '7', events: ['package'] },
        { url: 'http://h', secret: undefined, events: ['package', 'symbol.found'] },
      ],
    },
    upstreams: [
      {
        name: 'first.one',
        type: 'http',
        url: 'http://127.0.0.1:9000/a',
        public: true,
        enabled: false,
        timeouts: {
          connectMs: 1,
          firstByteMs: 2000,
          idleMs: 3 * MINUTE,
          totalMs: 24 * 24 * 60 * MINUTE,
        },
        misses: { retryAfterMs: 240 * MINUTE },
        userAgent: 'symgate (test)',
        ...DEFAULTS,
        rules: {
          priority: -3,
          kinds: ['pe', 'pdb'],
          requireChecksum: true,
          allowlistEnabled: true,
          allowlist: ['kernel*.pdb'],
          blocklist: ['*.sys', '?.dll'],
          skip: { afterFailedFills: 0, forgetAfterMs: Infinity },
          breaker: { failures: 0, windowMs: 1000, pauseMs: 2000 },
        },
      },
      {
        name: 'second',
        type: 'http',
        url: 'https://example.com',
        public: false,
        enabled: true,
        timeouts: { connectMs: 5000, firstByteMs: 30_000, idleMs: 30_000, totalMs: undefined },
        misses: { retryAfterMs: 9 * MINUTE },
        userAgent: 'Microsoft-Symbol-Server/10.0.0.0',
        ...DEFAULTS,
        rules: {
          ...DEFAULT_RULES,
          skip: { afterFailedFills: 8, forgetAfterMs: 60 * MINUTE },
          breaker: { failures: 9, windowMs: 2 * MINUTE, pauseMs: 4 * MINUTE },
        },
      },
    ],
    retention: {
      tags: [
        {
          pattern: 'nightly-*',
          keepLast: 3,
          maxAgeMs: 4 * 24 * 60 * MINUTE,
          unusedForMs: 5 * MINUTE,
        },
        { pattern: 'release-*', keepLast: undefined, maxAgeMs: undefined, unusedForMs: undefined },
        { pattern: '*', keepLast: undefined, maxAgeMs: undefined, unusedForMs: undefined },
      ],
      maxTotalBytes: 6 * 2 ** 30,
      safetyPeriodMs: 0,
      intervalMs: undefined,
    },
    check: { maxBytesPerSecond: Infinity, intervalMs: 60 * MINUTE },
    log: { level: 'silent' },
  })
})

describe('0 stands for none', () => {
  test('A size limit of 0 is infinite', () => {
    const { config } = load({
      'symgate.yaml':
        'limits: { upload_size: 0, entry_size: 0B, expanded_size: "0", fill_size: 0 }',
    })
    expect(config.limits).toMatchObject({
      maxUploadBytes: Infinity,
      maxEntryBytes: Infinity,
      maxExpandedBytes: Infinity,
      maxFillBytes: Infinity,
    })
  })

  test('A timeout of 0 is undefined', () => {
    const { config } = load({
      'symgate.yaml': `upstreams: [{ name: a, url: ${msdl}, timeouts: { connect: 0, first_byte: 0s, idle: 0ms, total: 0 } }]`,
    })
    expect(config.upstreams).toMatchObject([
      {
        timeouts: {
          connectMs: undefined,
          firstByteMs: undefined,
          idleMs: undefined,
          totalMs: undefined,
        },
      },
    ])
  })

  test('Misses with 0 are retried at once and never too old', () => {
    const { config } = load({
      'symgate.yaml': `misses: { retry_after: 0, forget_after: 0 }\nupstreams: [{ name: a, url: ${msdl} }]`,
    })
    expect(config.misses).toMatchObject({ retryAfterMs: 0, forgetAfterMs: Infinity })
    expect(config.upstreams[0]?.misses).toEqual({ retryAfterMs: 0 })
  })

  test("An upstream's own 0 is not the global value", () => {
    const { config } = load({
      'symgate.yaml': `upstreams: [{ name: a, url: ${msdl}, misses: { retry_after: 0 } }]`,
    })
    expect(config.upstreams[0]?.misses).toEqual({ retryAfterMs: 0 })
  })
})

describe('Flags win over the environment, and the environment over the file', () => {
  const file = { 'symgate.yaml': 'listen: localhost:1\ndata: of-file\nlog: { level: warn }' }
  const env = { SYMGATE_LISTEN: 'localhost:2', SYMGATE_DATA: 'of-env' }

  test('The file alone', () => {
    const { config, cwd } = load(file)
    expect(config).toMatchObject({ listen: { port: 1 }, data: join(cwd, 'of-file') })
  })

  test('The environment over the file, key by key', () => {
    const { config, cwd } = load(file, env)
    expect(config).toMatchObject({ listen: { port: 2 }, data: join(cwd, 'of-env') })
    expect(config.log.level).toBe('warn')
  })

  test('Flags over both', () => {
    const { config, cwd } = load(file, env, { listen: 'localhost:3', data: 'of-flag' })
    expect(config).toMatchObject({ listen: { port: 3 }, data: join(cwd, 'of-flag') })
  })

  test('A key of a group leaves the other keys of the group alone', () => {
    const { config } = load(
      { 'symgate.yaml': 'limits: { entries: 5, concurrent_fills: 6 }' },
      { SYMGATE_LIMITS__ENTRIES: '7' },
    )
    expect(config.limits).toMatchObject({ maxEntries: 7, maxConcurrentFills: 6 })
  })
})

describe('The file', () => {
  test('--config names another one, and symgate.yaml is then not read', () => {
    const { config } = load(
      { 'symgate.yaml': 'listen: broken', 'conf/own.yaml': 'listen: localhost:5' },
      {},
      { config: 'conf/own.yaml' },
    )
    expect(config.listen).toEqual({ host: 'localhost', port: 5 })
  })

  test('Relative paths start from its folder, defaults and other sources from the working folder', () => {
    const files = { 'conf/own.yaml': 'store: { path: ./s }\ncache: { path: ../c }' }
    const { config, cwd } = load(files, {}, { config: 'conf/own.yaml' })
    expect(config.data).toBe(join(cwd, 'storage'))
    expect(config.store).toMatchObject({ path: join(cwd, 'conf/s') })
    expect(config.cache.path).toBe(join(cwd, 'c'))

    const env = { SYMGATE_STORE__PATH: 's', SYMGATE_CACHE: '{ path: c }' }
    const over = load(files, env, { config: 'conf/own.yaml', data: 'd' })
    expect(over.config.data).toBe(join(over.cwd, 'd'))
    expect(over.config.store).toMatchObject({ path: join(over.cwd, 's') })
    expect(over.config.cache.path).toBe(join(over.cwd, 'c'))
  })

  test('Store and cache follow the data folder, wherever that is set', () => {
    const { config, cwd } = load({ 'conf/own.yaml': 'data: d' }, {}, { config: 'conf/own.yaml' })
    expect(config.store).toMatchObject({ path: join(cwd, 'conf/d/symbols') })
    expect(config.cache.path).toBe(join(cwd, 'conf/d/cache'))
    const over = load({}, {}, { data: '/srv/d' })
    expect(over.config.store).toMatchObject({ path: '/srv/d/symbols' })
    expect(over.config.cache.path).toBe('/srv/d/cache')
  })

  test.each([
    '',
    '# nothing set yet\n',
    '---\n',
    '{}',
    '\uFEFFlog:\n',
    'log: {}\nlimits: { entries: }',
  ])('Nothing set in it is allowed: %j', (text) => {
    const { config } = load({ 'symgate.yaml': text })
    expect(config.log.level).toBe('info')
    expect(config.limits.maxEntries).toBe(100_000)
  })

  test('Anchors can be used to say things once', () => {
    const { config } = load({
      'symgate.yaml': `upstreams:
  - { name: a, url: "${msdl}", timeouts: &slow { connect: 1m } }
  - { name: b, url: "${msdl}", timeouts: *slow }`,
    })
    const timeouts = { connectMs: MINUTE }
    expect(config.upstreams).toMatchObject([{ timeouts }, { timeouts }])
  })
})

describe('The environment', () => {
  const file = {
    'symgate.yaml': `upstreams: [{ name: a, url: "http://a", public: true }, { name: b, url: "http://b" }]`,
  }

  test('Numbers, flags and addresses are text as it stands', () => {
    const { config } = load(
      {},
      {
        SYMGATE_LISTEN: '[::]:80',
        SYMGATE_ACCESS__ANONYMOUS_DOWNLOAD: 'false',
        SYMGATE_LIMITS__CONCURRENT_UPLOADS: '9',
        SYMGATE_LIMITS__UPLOAD_SIZE: '4096',
        SYMGATE_LIMITS__FILL_SIZE: '0',
        SYMGATE_DATA: '/srv/a: b # c',
      },
    )
    expect(config).toMatchObject({
      listen: { host: '::', port: 80 },
      access: { anonymousDownload: false, readOnlyPage: false },
      limits: { maxConcurrentUploads: 9, maxUploadBytes: 4096, maxFillBytes: Infinity },
      data: '/srv/a: b # c',
    })
  })

  test.each([
    ['YAML', '[{ name: c, url: "http://c", timeouts: { idle: 1s } }]'],
    ['JSON', '[{"name":"c","url":"http://c","timeouts":{"idle":"1s"}}]'],
    ['YAML lines', '- name: c\n  url: http://c\n  timeouts:\n    idle: 1s\n'],
  ])('A list is written as %s and replaces the one of the file', (_, text) => {
    const { config } = load(file, { SYMGATE_UPSTREAMS: text })
    expect(config.upstreams).toMatchObject([{ name: 'c', timeouts: { idleMs: 1000 } }])
    expect(config.upstreams).toHaveLength(1)
  })

  test('A group replaces the one of the file', () => {
    const { config } = load(
      { 'symgate.yaml': 'limits: { entries: 5, concurrent_fills: 6 }' },
      { SYMGATE_LIMITS: '{ entries: 7 }' },
    )
    expect(config.limits).toMatchObject({ maxEntries: 7, maxConcurrentFills: 32 })
  })

  test('One entry of a list can be changed and the next be added', () => {
    const { config } = load(file, {
      SYMGATE_UPSTREAMS__2__URL: 'http://c',
      SYMGATE_UPSTREAMS__2__NAME: 'c',
      SYMGATE_UPSTREAMS__0__TIMEOUTS__CONNECT: '1s',
      SYMGATE_UPSTREAMS__1__ENABLED: 'false',
    })
    expect(config.upstreams).toMatchObject([
      { name: 'a', public: true, timeouts: { connectMs: 1000 } },
      { name: 'b', enabled: false },
      { name: 'c', url: 'http://c' },
    ])
  })

  test('The whole list comes before its entries, which are counted as numbers', () => {
    const names = Array.from({ length: 12 }, (_, index) => `u${index}`)
    const env = Object.fromEntries(
      names.slice(1).flatMap((name, index) => [
        [`SYMGATE_UPSTREAMS__${index + 1}__NAME`, name],
        [`SYMGATE_UPSTREAMS__${index + 1}__URL`, `http://${name}`],
      ]),
    )
    const { config } = load(file, { ...env, SYMGATE_UPSTREAMS: '[{ name: u0, url: "http://u0" }]' })
    expect(config.upstreams.map(({ name }) => name)).toEqual(names)
  })

  test("An empty variable, the agent's variables and other programs' variables are left alone", () => {
    const { config } = load(
      {},
      {
        SYMGATE_LISTEN: '',
        SYMGATE_UPSTREAMS: '',
        SYMGATE_URL: 'https://symbols.example.com',
        SYMGATE_TOKEN: 'secret',
        SYMGATED: '1',
        PATH: '/bin',
      },
    )
    expect(config.listen.port).toBe(8080)
  })
})
