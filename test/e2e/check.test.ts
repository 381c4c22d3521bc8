import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { runSymgate, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const keyOf = (age: number): string => `app.pdb/${GUID}${age.toString(16)}/app.pdb`
const pdb = (age: number): Buffer =>
  makePdb({ guid: GUID, age, payload: Buffer.from(`age ${age}`) })

async function upload(server: RunningServer, ages: readonly number[]): Promise<string> {
  const body = makeZip(ages.map((age) => ({ name: `${age}/app.pdb`, data: pdb(age) })))
  const response = await fetch(`${server.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}` },
    body,
  })
  const { upload } = (await response.json()) as { upload: { id: string } }
  return upload.id
}

const statuses = async (server: RunningServer, ages: readonly number[]): Promise<number[]> =>
  await Promise.all(ages.map(async (age) => (await curl(`${server.url}/${keyOf(age)}`)).status))

async function check(data: string, ...flags: readonly string[]) {
  const run = await runSymgate(['check', '--json', '--data', data, ...flags])
  const result = JSON.parse(run.stdout) as {
    files: number
    read: number
    found: number
    unrepaired: number
    findings: readonly { kind: string; root: string; key: string; repair: string | null }[]
  }
  const told = result.findings.map(({ kind, root, key }) => `${kind} ${root} ${key}`)
  return { ...result, code: run.code, told }
}

/** Changes one byte of a file and nothing else of it. */
function rot(path: string): void {
  const bytes = readFileSync(path)
  const last = bytes.byteLength - 1
  bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last)
  writeFileSync(path, bytes)
}

describe('symgate check', () => {
  it('finds nothing in a sound store, beside a server and without one', async () => {
    const server = await startServer()
    await upload(server, [1, 2])
    expect(await check(server.data)).toMatchObject({ code: 0, files: 2, read: 2, found: 0 })
    expect(await check(server.data, '--sample', '0%')).toMatchObject({ code: 0, files: 2, read: 0 })
    await server.stop()
    expect(await check(server.data, '--resume')).toMatchObject({ code: 0, files: 2, found: 0 })
    const wrong = await runSymgate(['check', '--sample', 'much', '--data', server.data])
    expect(wrong).toMatchObject({ code: 2 })
  })

  it('finds every fault, repairs what can be, and never serves rotten bytes again', async () => {
    const upstream = await startUpstream((request, response) => {
      const age = Number.parseInt(/B([0-9a-f]+)\//.exec(request.url ?? '')?.[1] ?? '', 16)
      if (age >= 50) return void response.end(pdb(age))
      response.writeHead(404).end()
    })
    const config = { upstreams: [{ name: 'first', url: upstream.url }], presets: 'off' }
    const server = await startServer({ config })
    await upload(server, [1, 2, 3, 4])
    const broken = await upload(server, [5])
    expect(await statuses(server, [50, 51])).toEqual([200, 200])
    const symbols = join(server.data, 'symbols')
    rot(join(symbols, keyOf(1)))
    writeFileSync(join(symbols, keyOf(2)), 'cut')
    rmSync(join(symbols, keyOf(3)))
    rmSync(join(server.data, 'cache', keyOf(50)))
    mkdirSync(join(symbols, keyOf(6), '..'), { recursive: true })
    writeFileSync(join(symbols, keyOf(6)), pdb(6))
    mkdirSync(join(symbols, `bad.pdb/${GUID}7`), { recursive: true })
    writeFileSync(join(symbols, `bad.pdb/${GUID}7/bad.pdb`), 'nothing known')
    writeFileSync(join(symbols, '.symgate/packages', `${broken}.json`), '{"cut')
    const old = (Date.now() - 2 * 86_400_000).toString(36).padStart(9, '0')
    mkdirSync(join(symbols, '.symgate/staging', `${old}-left`))
    const faults = [
      `rotten hosted ${keyOf(1)}`,
      `size hosted ${keyOf(2)}`,
      `missing hosted ${keyOf(3)}`,
      `missing cache ${keyOf(50)}`,
      `stranger hosted ${keyOf(6)}`,
      `manifest hosted ${broken}`,
      `leftover hosted ${old}-left`,
    ]
    const first = await check(server.data)
    expect(first.code).toBe(1)
    expect(first.told.filter((line) => !line.includes('bad.pdb')).sort()).toEqual(faults.toSorted())
    // Nothing has changed.
    expect(existsSync(join(symbols, keyOf(1)))).toBe(true)

    const repaired = await check(server.data, '--repair')
    expect(repaired.told.sort()).toEqual(first.told.sort())
    const undone = repaired.findings.filter(({ repair }) => repair === null)
    expect(undone.map(({ kind }) => kind).filter((kind) => kind !== 'stranger')).toEqual([
      'manifest',
    ])
    expect(await statuses(server, [1, 2, 3, 4, 5, 6])).toEqual([404, 404, 404, 200, 200, 200])
    expect((await curl(`${server.url}/${keyOf(50)}`)).body.equals(pdb(50))).toBe(true)
    const quarantine = join(symbols, '.symgate/quarantine')
    expect(existsSync(join(quarantine, keyOf(1)))).toBe(true)
    expect(readFileSync(join(quarantine, keyOf(2)), 'utf8')).toBe('cut')
    expect(existsSync(join(symbols, '.symgate/staging', `${old}-left`))).toBe(false)
    expect((await curl(`${server.url}/.symgate/quarantine/${keyOf(1)}`)).status).toBe(404)

    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('symgate_check_findings_total{kind="rotten"} 2')
    // An upload brings back what was lost, and a further check finds only what needs a person.
    await upload(server, [1, 2, 3])
    expect(await statuses(server, [1, 2, 3])).toEqual([200, 200, 200])
    const last = await check(server.data)
    expect(last.told.filter((line) => !line.startsWith('stranger'))).toEqual([
      `manifest hosted ${broken}`,
    ])
  })

  it('takes an empty store for a disk that is not there, and touches nothing', async () => {
    const server = await startServer()
    await upload(server, [1])
    rmSync(join(server.data, 'symbols', 'app.pdb'), { recursive: true })
    const run = await runSymgate(['check', '--repair', '--data', server.data])
    expect(run).toMatchObject({ code: 1 })
    expect(run.stderr).toContain('is its disk there?')
  })

  it('runs by itself where that is configured, and only tells', async () => {
    const server = await startServer({ config: { check: { interval: '200ms', max_rate: '1MiB' } } })
    await upload(server, [1])
    const path = join(server.data, 'symbols', keyOf(1))
    rot(path)
    await waitUntil(() => server.log().some(({ msg }) => msg === 'check found a fault'))
    expect(existsSync(path)).toBe(true)
    expect(await server.stop()).toBe(0)
  })
})

describe('the backup that docs/operations.md describes', () => {
  it.each(['with', 'without'])(
    'taken while the server takes uploads, %s the database, restores every package it names',
    async (database) => {
      const server = await startServer()
      const done: number[] = []
      const stop = new AbortController()
      const uploads = (async () => {
        for (let age = 1; age < 400 && !stop.signal.aborted; age++) {
          await upload(server, [age])
          done.push(age)
        }
      })()
      await waitUntil(() => done.length >= 5)
      const before = [...done]
      const copy = tempDir()
      // As the page says: the database, if at all, then the manifests, then everything else.
      if (database === 'with') {
        const { default: Database } = await import('better-sqlite3')
        const live = new Database(join(server.data, 'symgate.db'), { readonly: true })
        await live.backup(join(copy, 'symgate.db'))
        live.close()
      }
      const packages = 'symbols/.symgate/packages'
      cpSync(join(server.data, packages), join(copy, packages), {
        recursive: true,
        // Half-written ones, which may have gone when their turn comes.
        filter: (path) => !path.endsWith('.tmp'),
      })
      cpSync(join(server.data, 'symbols'), join(copy, 'symbols'), {
        recursive: true,
        filter: (path) => !path.includes('/.symgate'),
      })
      stop.abort()
      await uploads
      await server.stop()

      const named = readdirSync(join(copy, packages)).filter((name) => name.endsWith('.json'))
      const restored = await startServer({ data: copy })
      if (database === 'without')
        await waitUntil(() => restored.log().some(({ msg }) => msg === 'reindex done'))
      for (const age of before) {
        const answer = await curl(`${restored.url}/${keyOf(age)}`)
        expect([age, answer.body.equals(pdb(age))]).toEqual([age, true])
      }
      const admin =
        database === 'with'
          ? server.adminToken
          : (/^ {4}([a-z2-7]{40})$/m.exec(restored.stdout())?.[1] ?? '')
      const list = await fetch(`${restored.url}/api/v1/uploads?limit=1000`, {
        headers: { authorization: `Bearer ${admin}` },
      })
      const { items } = (await list.json()) as { items: readonly object[] }
      expect(items.length).toBeGreaterThanOrEqual(named.length)
      await runSymgate(['reindex', '--data', copy])
      expect(await check(copy)).toMatchObject({ code: 0, found: 0 })
    },
  )
})
