import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { knownKeys } from '../../src/config/known-keys.ts'
import { loadConfig } from '../../src/config/load.ts'
import { schema } from '../../src/config/schema.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const doc = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
const keysSection = doc.slice(doc.indexOf('\n## Keys\n'))
const rows = keysSection
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, key = '', shown = '', meaning = ''] = line.split('|').map((cell) => cell.trim())
    return { key: key.replaceAll('`', ''), shown, meaning }
  })

/** Defaults that are no value of their own, and what each amounts to. */
const derived: Readonly<Record<string, string>> = {
  '<data>/symbols': './storage/symbols',
  '<data>/cache': './storage/cache',
  'misses.retry_after': '1h',
  'misses.forget_after': '24h',
  'skip.after_failed_fills': '3',
  'skip.forget_after': '12h',
  'breaker.failures': '5',
  'breaker.window': '10m',
  'breaker.pause': '15m',
}

/** The least that is needed for every documented key to have an effect: one upstream. */
const least = { SYMGATE_UPSTREAMS: '[{ name: a, url: "http://a" }]' }

/** The same for the keys of a store in a bucket. */
const inBucket = {
  SYMGATE_STORE__TYPE: 's3',
  SYMGATE_STORE__BUCKET: 'bkt',
}
const ofBucket = (key: string): boolean => /^store\.(?:sse|read_only)$/.test(key)
const inStore = (key: string): string => `store.${key}`

test('The page lists every key, in the order of the schema, and no other', () => {
  const known = knownKeys(schema)
  const isListOfGroups = (key: string): boolean => known.get(`${key}[]`) === 'group'
  const keys = [...known]
    .filter(
      ([key, kind]) =>
        (kind === 'value' && !key.endsWith('[]')) ||
        (kind === 'list' &&
          (key === 'upstreams' || key === 'retention.tags' || !isListOfGroups(key))),
    )
    .map(([key]) => key)
  expect(rows.map(({ key }) => key)).toEqual(keys)
  expect(rows.filter(({ meaning }) => meaning === '')).toEqual([])
})

describe('The default on the page is the real one', () => {
  test.each(rows.filter(({ shown }) => shown.startsWith('`')))('$key: $shown', ({ key, shown }) => {
    const text = shown.replaceAll('`', '')
    const variable = `SYMGATE_${key.replace('[]', '__0').replaceAll('.', '__').toUpperCase()}`
    const env = key === 'upstreams' ? {} : ofBucket(key) ? inBucket : least
    const dir = tempDir()
    const set = { ...env, [variable]: derived[text] ?? text }
    expect(loadConfig({ flags: {}, env: set, cwd: dir })).toEqual(
      loadConfig({ flags: {}, env, cwd: dir }),
    )
  })

  test('Some have none', () => {
    expect(rows.filter(({ shown }) => shown === '').map(({ key }) => key)).toEqual([
      'public_url',
      'admin_token_file',
      ...['bucket', 'prefix', 'endpoint', 'region', 'force_path_style', 'access_key_id'].map(
        inStore,
      ),
      ...['secret_access_key', 'checksums', 'sse_kms_key_id'].map(inStore),
    ])
    expect(loadConfig({ flags: {}, env: {}, cwd: tempDir() }).publicUrl).toBeUndefined()
  })

  test.each(rows.filter(({ shown }) => shown === 'required'))('$key is required', ({ key }) => {
    const entry: Record<string, string> = { name: 'a', url: 'http://a' }
    delete entry[key.replace('upstreams[].', '')]
    const env = { SYMGATE_UPSTREAMS: JSON.stringify([entry]) }
    expect(() => loadConfig({ flags: {}, env, cwd: tempDir() })).toThrow(
      `${key.replace('[]', '[0]')} from SYMGATE_UPSTREAMS is missing`,
    )
  })
})

describe('The examples on the page hold', () => {
  test('The file', () => {
    const dir = tempDir()
    const yaml = /```yaml\n(.*?)```/s.exec(doc)?.[1] ?? ''
    writeFileSync(join(dir, 'symgate.yaml'), yaml)
    const config = loadConfig({ flags: {}, env: {}, cwd: dir })
    expect(config.upstreams.map(({ name }) => name)).toEqual(['msdl', 'other-site'])
    expect(config.cache.path).toBe('/var/cache/symgate')
  })

  test('The environment variables, together', () => {
    const env = Object.fromEntries(
      [...doc.matchAll(/`(SYMGATE_\w+)=(?:'([^']*)'|([^`]*))`/g)].map(([, name, quoted, plain]) => [
        name,
        quoted ?? plain,
      ]),
    )
    expect(Object.keys(env)).toHaveLength(6)
    const config = loadConfig({ flags: {}, env, cwd: tempDir() })
    expect(config.upstreams).toMatchObject([{ name: 'msdl', timeouts: { connectMs: 2000 } }])
    expect(config.listen.host).toBe('0.0.0.0')
    expect(config.trustedProxies).toHaveLength(2)
  })

  test('The messages', () => {
    const dir = tempDir()
    writeFileSync(join(dir, 'symgate.yaml'), 'listten: a')
    const messageOf = (env: Record<string, string>, cwd: string) => {
      try {
        loadConfig({ flags: {}, env, cwd })
      } catch (error) {
        return error instanceof Error ? error.message : ''
      }
      return 'none'
    }
    const messages = [
      messageOf({}, dir),
      messageOf({ SYMGATE_UPLOADS__ON_CONFLICT: 'ask' }, tempDir()),
    ]
    expect(doc).toContain(`\`\`\`\n${messages.join('\n')}\n\`\`\``)
  })
})
