import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/load-settings.ts'
import { tempDir } from '../helpers/temp-dir.ts'

function settingsOf(yaml: string, env: Record<string, string> = {}, flags = {}) {
  const cwd = tempDir()
  writeFileSync(join(cwd, 'symgate.yaml'), yaml)
  const settings = loadSettings({ flags, env, cwd })
  return (key: string) => settings.find((setting) => setting.key === key)
}

describe('loadSettings', () => {
  it('tells of each setting what decided it', () => {
    const setting = settingsOf(
      'data: ./symbols\nlimits: { entries: 7 }',
      { SYMGATE_LOG__LEVEL: 'debug' },
      { listen: '0.0.0.0:1' },
    )
    expect(setting('data')).toEqual({
      key: 'data',
      value: './symbols',
      source: 'in symgate.yaml',
    })
    expect(setting('limits.entries')).toMatchObject({ value: '7', source: 'in symgate.yaml' })
    expect(setting('log.level')).toMatchObject({
      value: 'debug',
      source: 'from SYMGATE_LOG__LEVEL',
    })
    expect(setting('listen')).toMatchObject({ value: '0.0.0.0:1', source: 'from --listen' })
    expect(setting('limits.upload_size')).toMatchObject({ value: '10GiB', source: undefined })
    expect(setting('public_url')).toMatchObject({ value: '', source: undefined })
  })

  it('tells no secret', () => {
    const setting = settingsOf(
      `upstreams: [{ name: a, url: "http://a", credentials: { username: me, password: pa55 } }]`,
    )
    expect(setting('upstreams[0].credentials.password')).toEqual({
      key: 'upstreams[0].credentials.password',
      value: '(hidden)',
      source: 'in symgate.yaml',
    })
  })

  it('tells of list entries each setting, those that are defaults too', () => {
    const setting = settingsOf('upstreams: [{ name: a, url: "http://a" }]', {
      SYMGATE_UPSTREAMS__0__PUBLIC: 'true',
    })
    expect(setting('upstreams[0].url')).toMatchObject({ source: 'in symgate.yaml' })
    expect(setting('upstreams[0].public')).toMatchObject({
      value: 'true',
      source: 'from SYMGATE_UPSTREAMS__0__PUBLIC',
    })
    expect(setting('upstreams[0].concurrency')).toMatchObject({ value: '8', source: undefined })
    expect(setting('upstreams[0].bucket')).toBeUndefined()
  })
})
