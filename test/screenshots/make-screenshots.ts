import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { activityOf } from '../../src/db/activity.ts'
import { ActivityTable } from '../../src/db/activity-table.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import { openPage } from '../e2e/ui/open-page.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { startServer, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const HOUR_MS = 3_600_000
const HOURS = 31 * 24

const PACKAGES = [
  { tag: '4.1.0', product: 'editor', comment: 'release', names: ['editor', 'engine', 'render'] },
  { tag: '4.2.0-beta.3', product: 'editor', comment: 'beta', names: ['editor', 'engine', 'audio'] },
  {
    tag: 'nightly-2026-11-25',
    product: 'server',
    comment: 'nightly',
    names: ['gateway', 'worker'],
  },
  {
    tag: 'nightly-2026-11-26',
    product: 'server',
    comment: 'nightly',
    names: ['gateway', 'worker'],
  },
] as const
const MISSING = ['driver.pdb', 'plugin.dll', 'overlay.pdb', 'ntkrnlmp.pdb'] as const

it.each(['light', 'dark'] as const)('the main pages, %s', async (colorScheme) => {
  mkdirSync(FOLDER, { recursive: true })
  const data = tempDir()
  pretendActivity(data)
  const first = await startServer({ data })
  await fillWithSamples(first)
  await first.stop()
  // Only now with public servers (tests have none): nothing of the above is to be asked of them.
  const { page, go } = await openPage({
    data,
    adminToken: first.adminToken,
    width: 1280,
    colorScheme,
    config: { public_url: 'https://symbols.example.com' },
    env: { SYMGATE_PRESETS: 'debugger' },
  })
  const shoot = async (name: string): Promise<void> => {
    const picture = await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) })
    expect(picture.byteLength).toBeLessThan(200_000)
  }
  await go('/ui/?range=week')
  await shoot('overview')
  await go('/ui/packages')
  await shoot('packages')
  await go('/ui/upstreams')
  await shoot('servers')
  await go(`/ui/try?path=ntdll.pdb/${idOf(0)}1/ntdll.pdb`)
  await shoot('try')
})

/** A month in the life of a server, the same each time. */
function pretendActivity(data: string): void {
  const database = openDatabase(join(data, 'symgate.db'))
  const table = new ActivityTable(database)
  const now = Math.floor(Date.now() / HOUR_MS)
  for (let hour = now - HOURS; hour <= now; hour++) {
    const day = Math.sin((((hour % 24) - 8) / 24) * 2 * Math.PI)
    const isWeekend = Math.floor(hour / 24) % 7 > 4
    const load = (60 + 55 * day) * (isWeekend ? 0.35 : 1) * (0.8 + ((hour * 7919) % 41) / 100)
    const amounts: Partial<Record<string, number>> = {
      hosted: load * 6,
      cache: load * 9,
      upstream: load * 1.3,
      absent: load * 2.2,
      trouble: hour % 13 === 0 ? load / 3 : 0,
      bytes_sent: load * 9e7,
      fetches: load * 3,
      bytes_fetched: load * 1.1e7,
    }
    table.add({ hour, ...activityOf((name) => Math.floor(amounts[name] ?? 0)) })
  }
  database.close()
}

async function fillWithSamples({ url, adminToken }: RunningServer): Promise<void> {
  let count = 0
  for (const { tag, product, comment, names } of PACKAGES) {
    const files = names.map((name) => {
      const pdb = makePdb({ guid: idOf(++count), age: 1, size: 200_000 + count * 70_000 })
      return { name: `bin/${name}.pdb`, data: pdb }
    })
    const damaged = {
      name: 'bin/crashpad.pdb',
      data: makePdb({ guid: idOf(99), age: 1 }).subarray(0, 99),
    }
    const query = new URLSearchParams({ tag, product, version: tag, comment })
    await fetch(`${url}/api/v1/uploads?${query.toString()}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: new Uint8Array(makeZip(count > 8 ? [...files, damaged] : files)),
    })
  }
  for (const [index, name] of MISSING.entries()) {
    for (let times = 0; times <= index * 3; times++)
      await fetch(`${url}/${name}/${idOf(index + 40)}1/${name}`)
  }
}

function idOf(seed: number): string {
  return ((seed + 1) * 0x9e3779b1)
    .toString(16)
    .padStart(16, '4')
    .repeat(2)
    .slice(0, 32)
    .toUpperCase()
}
