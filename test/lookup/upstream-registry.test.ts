import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { parseUpstream } from '../../src/config/parse-upstream.ts'
import { UpstreamTable } from '../../src/db/upstream-table.ts'
import { UpstreamRegistry } from '../../src/lookup/upstream-registry.ts'
import type { WrittenUpstream } from '../../src/upstream/written-upstream.ts'
import { fakeUpstream } from '../helpers/fake-upstream.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { testDatabase } from '../helpers/test-database.ts'

const URL = 'http://a.example.com'

/** Registries over one database, each as a new process makes it. */
function registries() {
  const config = loadConfig({ flags: {}, env: {}, cwd: tempDir() })
  const table = new UpstreamTable(testDatabase())
  const closed: string[] = []
  const unusable: string[] = []
  const parse = (written: WrittenUpstream) => parseUpstream(written, config)
  const open = (fromFile: WrittenUpstream[] = [], presets: WrittenUpstream[] = []) =>
    new UpstreamRegistry({
      fromFile: fromFile.map(parse),
      presets,
      table,
      parse,
      create: ({ name }) => ({
        ...fakeUpstream(name, { kind: 'absent' }),
        close: () => Promise.resolve(void closed.push(name)),
      }),
      onUnusable: (name) => unusable.push(name),
    })
  const shown = (registry: UpstreamRegistry) =>
    registry.list().map(({ origin, spec }) => `${origin} ${spec.name} ${spec.rules.priority}`)
  return { open, shown, table, closed, unusable }
}

describe('UpstreamRegistry', () => {
  it('keeps what was added and changed', () => {
    const { open, shown } = registries()
    const registry = open([{ name: 'fixed', url: URL }])
    registry.add({ name: 'added', url: URL, priority: 3 })
    registry.change('added', { priority: 4, blocklist: ['*.sys'] })
    registry.change('added', { blocklist: null })
    expect(shown(registry)).toEqual(['file fixed 10', 'api added 4'])
    expect(shown(open())).toEqual(['api added 4'])
    expect(open().get('added').spec.rules.blocklist).toEqual([])
  })

  it('lets the configuration file go before what was added under its name', () => {
    const { open, shown } = registries()
    open().add({ name: 'same', url: URL, priority: 3 })
    expect(shown(open([{ name: 'same', url: URL }]))).toEqual(['file same 10'])
    expect(shown(open())).toEqual(['api same 3'])
  })

  it('keeps of a preset only what differs from it', () => {
    const { open, shown, table } = registries()
    const preset = { name: 'p', url: URL, public: true, kinds: ['pe'] }
    open([], [preset]).change('p', { priority: 7 })
    expect(table.all().map(({ written }) => JSON.parse(written))).toEqual([{ priority: 7 }])
    const later = open([], [{ ...preset, kinds: ['pdb'] }])
    expect([shown(later), later.get('p').spec.rules.kinds]).toEqual([['preset p 7'], ['pdb']])
    expect(shown(open())).toEqual([])
    later.change('p', { priority: null })
    expect(shown(open([], [preset]))).toEqual(['preset p 0'])
  })

  it('asks only those that are enabled, and closes those that are changed or gone', async () => {
    const { open, closed } = registries()
    const registry = open()
    registry.add({ name: 'a', url: URL })
    registry.add({ name: 'b', url: URL, enabled: false })
    const active = () => registry.active().map(({ upstream }) => upstream.name)
    expect(active()).toEqual(['a'])
    registry.change('a', { enabled: false })
    registry.change('b', { enabled: true })
    expect([active(), closed]).toEqual([['b'], ['a']])
    registry.remove('b')
    expect([active(), closed]).toEqual([[], ['a', 'b']])
  })

  it('refuses what cannot be, and leaves everything as it was', () => {
    const { open, shown } = registries()
    const registry = open([{ name: 'fixed', url: URL }], [{ name: 'preset', url: `${URL}/p` }])
    const failure = (run: () => unknown): unknown => {
      try {
        return run()
      } catch (error) {
        return (error as { code?: string }).code
      }
    }
    expect([
      failure(() => registry.add({ name: 'fixed', url: URL })),
      failure(() => registry.add({ name: 'x' })),
      failure(() => registry.change('fixed', { priority: 1 })),
      failure(() => registry.change('preset', { name: 'other' })),
      failure(() => registry.change('preset', { type: 'directory', path: '/' })),
      failure(() => registry.remove('preset')),
      failure(() => registry.get('nobody')),
    ]).toEqual([
      'name_taken',
      'request_invalid',
      'upstream_read_only',
      'request_invalid',
      'request_invalid',
      'upstream_read_only',
      'not_found',
    ])
    expect(shown(registry)).toEqual(['file fixed 10', 'preset preset 10'])
  })

  it('passes over what it can no longer use', () => {
    const { open, table, unusable } = registries()
    table.put({ name: 'old', written: '{"name":"old","type":"ftp"}', createdAtMs: 1 })
    expect(open().list()).toEqual([])
    expect(unusable).toEqual(['old'])
  })
})
