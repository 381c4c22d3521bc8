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
