import { describe, expect, it } from 'vitest'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { runSymgate, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'

const guidOf = (number: number): string =>
  number.toString(16).toUpperCase().padStart(8, '0') + '0A44FC878E5A2D63B6CC4B12'
const pathOf = (number: number): string => `/f${number}.pdb/${guidOf(number)}1/f${number}.pdb`

async function upload(
  server: RunningServer,
  tag: string,
  numbers: readonly number[],
): Promise<string> {
  const body = makeZip(
    numbers.map((n) => ({ name: `f${n}.pdb`, data: makePdb({ guid: guidOf(n), age: 1 }) })),
  )
  const response = await fetch(`${server.url}/api/v1/uploads?tag=${tag}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}` },
    body,
  })
  const { upload } = (await response.json()) as { upload: { id: string } }
  return upload.id
}

const statusOf = async (server: RunningServer, number: number): Promise<number> =>
  (await fetch(server.url + pathOf(number), { method: 'HEAD' })).status

const statuses = async (server: RunningServer, numbers: readonly number[]): Promise<number[]> =>
  await Promise.all(numbers.map((number) => statusOf(server, number)))

interface Swept {
  readonly dry_run: boolean
  readonly packages: readonly { readonly id: string; readonly reason: string }[]
}

/** Runs `symgate sweep --json` on the folder with this configuration. */
async function sweep(data: string, config: object, ...flags: readonly string[]): Promise<Swept> {
  const file = join(tempDir(), 'symgate.yaml')
  writeFileSync(file, stringify(config))
  const run = await runSymgate(['sweep', '--json', '--data', data, '--config', file, ...flags])
  expect(run).toMatchObject({ code: 0 })
  return JSON.parse(run.stdout) as Swept
}

describe('symgate sweep', () => {
  it('says what would go and then removes exactly that, beside a server and without one', async () => {
    const config = {
      retention: { tags: { 'nightly-*': { keep_last: 2 } }, safety_period: 0, interval: 0 },
    }
    const server = await startServer({ config })
    const ids = [
      await upload(server, 'nightly-1', [1, 2]),
      await upload(server, 'nightly-2', [2, 3]),
      await upload(server, 'release', [4]),
      await upload(server, 'nightly-3', [3, 5]),
      await upload(server, 'nightly-4', [6]),
    ]
    const dry = await sweep(server.data, config, '--dry-run')
    expect(dry).toMatchObject({
      dry_run: true,
      packages: [
        { id: ids[0], tag: 'nightly-1', reason: 'keep_last', pattern: 'nightly-*', files: 1 },
        { id: ids[1], tag: 'nightly-2', reason: 'keep_last', files: 1 },
      ],
    })
    expect(await statuses(server, [1, 2, 3, 4, 5, 6])).toEqual(Array(6).fill(200))
    const done = await sweep(server.data, config)
    expect(done).toEqual({ ...dry, dry_run: false })
    expect(await statuses(server, [1, 2, 3, 4, 5, 6])).toEqual([404, 404, 200, 200, 200, 200])
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('symgate_expired_packages_total{reason="keep_last"} 2')
    await upload(server, 'nightly-5', [7])
    await server.stop()

    expect((await sweep(server.data, config)).packages.map(({ id }) => id)).toEqual([ids[3]])
    const again = await startServer({ data: server.data, config })
    expect(await statuses(again, [3, 4, 5, 6, 7])).toEqual([404, 200, 404, 200, 200])
  })

  it('spares what came lately, by default', async () => {
    const config = { retention: { tags: { '*': { keep_last: 1 } }, max_total: 1 } }
    const server = await startServer({ config })
    for (const number of [1, 2]) await upload(server, 'a', [number])
    const run = await runSymgate(['sweep', '--data', server.data])
    expect(run).toMatchObject({ code: 0, stdout: '0 packages have gone, 0 bytes\n' })
  })
})

it('a server sweeps by itself and goes on serving and taking in', async () => {
  const config = {
    retention: { tags: { '*': { max_age: '1s' } }, safety_period: 0, interval: '300ms' },
  }
  const server = await startServer({ config })
  await upload(server, 'old', [1])
  expect(await statusOf(server, 1)).toBe(200)
  await waitUntil(async () => (await statusOf(server, 1)) === 404)
  await waitUntil(() => server.log().some(({ msg }) => msg === 'package expired'))
  await upload(server, 'new', [1])
  expect(await statusOf(server, 1)).toBe(200)
  expect(await server.stop()).toBe(0)
})

it('kills in the middle of sweeps leave every package whole or gone', async () => {
  const config = {
    retention: { tags: { '*': { keep_last: 1 } }, safety_period: 0, interval: '20ms' },
    log: { level: 'error' },
  }
  const quiet = { retention: { interval: 0 }, log: { level: 'error' } }
  let server = await startServer({ config: quiet })
  const { data, adminToken } = server
  const packages = new Map<string, readonly number[]>()
  // Neighbours share a file.
  for (let n = 0; n < 30; n++) {
    const numbers = [n * 10, n * 10 + 1, n * 10 + 2, (n + 1) * 10]
    packages.set(await upload(server, 'a', numbers), numbers)
  }
  await server.stop()
  for (let round = 0; round < 4; round++) {
    server = await startServer({ data, config })
    await new Promise((resolve) => setTimeout(resolve, 20 + 30 * round))
    await server.kill()
    server = await startServer({ data, config: quiet })
    const held = new Set<number>()
    for (const [id, numbers] of packages) {
      const { status } = await fetch(`${server.url}/api/v1/uploads/${id}`, {
        headers: { authorization: `Bearer ${adminToken}` },
      })
      if (status === 200) for (const number of numbers) held.add(number)
    }
    for (const number of new Set([...packages.values()].flat()))
      expect([number, await statusOf(server, number)]).toEqual([
        number,
        held.has(number) ? 200 : 404,
      ])
    await server.stop()
  }
})
