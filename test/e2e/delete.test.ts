import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { startServer, waitUntil, type RunningServer } from '../helpers/server.ts'

const guidOf = (number: number): string =>
  number.toString(16).toUpperCase().padStart(8, '0') + '0A44FC878E5A2D63B6CC4B12'
const pdbOf = (number: number, size = 0): Buffer => makePdb({ guid: guidOf(number), age: 1, size })
const pathOf = (number: number): string => `/f${number}.pdb/${guidOf(number)}1/f${number}.pdb`

/** Uploads PDBs of these numbers as one package and gives its id. */
async function upload(
  server: RunningServer,
  token: string,
  numbers: readonly number[],
  parameters = '',
): Promise<string> {
  const body = makeZip(numbers.map((n) => ({ name: `f${n}.pdb`, data: pdbOf(n, 100_000) })))
  const response = await fetch(`${server.url}/api/v1/uploads?${parameters}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body,
  })
  const { upload } = (await response.json()) as { upload: { id: string } }
  return upload.id
}

async function api(
  server: RunningServer,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; json: Record<string, unknown> | undefined }> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

const statusOf = async (server: RunningServer, number: number): Promise<number> =>
  (await fetch(server.url + pathOf(number), { method: 'HEAD' })).status

describe('DELETE /api/v1/uploads/{id}', () => {
  it('unpublishes what only this package holds, for good', async () => {
    const server = await startServer()
    const token = server.adminToken
    const first = await upload(server, token, [1, 2])
    const second = await upload(server, token, [2, 3])
    expect((await api(server, token, 'DELETE', `/uploads/${first}`)).status).toBe(204)
    const statuses = async (on: RunningServer) => Promise.all([1, 2, 3].map((n) => statusOf(on, n)))
    expect(await statuses(server)).toEqual([404, 200, 200])
    expect((await api(server, token, 'GET', `/uploads/${first}`)).status).toBe(404)
    expect((await api(server, token, 'DELETE', `/uploads/${first}`)).status).toBe(404)

    await server.stop()
    for (const name of readdirSync(server.data)) {
      if (name.startsWith('symgate.db')) rmSync(join(server.data, name))
    }
    const again = await startServer({ data: server.data })
    await waitUntil(() => again.log().some(({ msg }) => msg === 'reindex done'))
    expect(await statuses(again)).toEqual([404, 200, 200])
    const renewed = /^ {4}([a-z2-7]{40})$/m.exec(again.stdout())?.[1] ?? ''
    expect((await api(again, renewed, 'DELETE', `/uploads/${second}`)).status).toBe(204)
    expect(await statuses(again)).toEqual([404, 404, 404])
    expect(listFiles(join(server.data, 'symbols'))).toEqual([])
  })

  it('refuses protected packages, other scopes and ids that are none', async () => {
    const server = await startServer()
    const token = server.adminToken
    const id = await upload(server, token, [1], 'tag=a')
    const changed = await api(server, token, 'PATCH', `/uploads/${id}`, {
      protected: true,
      tag: 'release',
      comment: 'kept',
    })
    expect(changed).toMatchObject({
      status: 200,
      json: { id, protected: true, tag: 'release', comment: 'kept' },
    })
    expect(await api(server, token, 'DELETE', `/uploads/${id}`)).toMatchObject({
      status: 409,
      json: { error: { code: 'package_protected' } },
    })
    expect(await statusOf(server, 1)).toBe(200)
    for (const [path, body, status] of [
      [`/uploads/${id}`, { protect: true }, 400],
      [`/uploads/${id}`, { tag: '' }, 400],
      ['/uploads/nothing', { tag: 'x' }, 404],
      ['/uploads/..%2F..%2Fx', { tag: 'x' }, 400],
    ] as const)
      expect([path, (await api(server, token, 'PATCH', path, body)).status]).toEqual([path, status])
    const made = await api(server, token, 'POST', '/tokens', { scope: 'upload' })
    const uploader = String(made.json?.['token'])
    expect((await api(server, uploader, 'DELETE', `/uploads/${id}`)).status).toBe(403)
    await server.stop()
    const again = await startServer({ data: server.data })
    expect((await api(again, token, 'GET', `/uploads/${id}`)).json).toMatchObject({
      protected: true,
      tag: 'release',
      comment: 'kept',
    })
    await api(again, token, 'PATCH', `/uploads/${id}`, { protected: false, comment: null })
    expect((await api(again, token, 'DELETE', `/uploads/${id}`)).status).toBe(204)
    expect(await statusOf(again, 1)).toBe(404)
  })

  it('lets whoever reads a file read it to its end', async () => {
    const server = await startServer({ config: { memory_cache: { max_size: 0 } } })
    const big = pdbOf(1, 40_000_000)
    const sent = await fetch(`${server.url}/api/v1/uploads?upload_file=f1.pdb`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}` },
      body: big,
    })
    const { upload } = (await sent.json()) as { upload: { id: string } }
    const answer = await fetch(server.url + pathOf(1))
    const reader = answer.body?.getReader()
    let received = (await reader?.read())?.value?.byteLength ?? 0
    expect((await api(server, server.adminToken, 'DELETE', `/uploads/${upload.id}`)).status).toBe(
      204,
    )
    expect(await statusOf(server, 1)).toBe(404)
    for (;;) {
      const piece = await reader?.read()
      if (piece?.value === undefined) break
      received += piece.value.byteLength
    }
    expect(received).toBe(big.byteLength)
  })
})

const ROUNDS = 5

it('kills in the middle of deletions lose nothing that is held and bring nothing back', async () => {
  let server = await startServer({ config: { log: { level: 'error' } } })
  const token = server.adminToken
  const { data } = server
  // Every number is in two packages: one that goes and, for even ones, one that stays.
  const doomed: string[] = []
  for (let n = 0; n < 60; n += 3) {
    doomed.push(await upload(server, token, [n, n + 1, n + 2]))
  }
  await upload(
    server,
    token,
    Array.from({ length: 30 }, (_, n) => n * 2),
  )
  const deleted = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const work = (async () => {
      for (const id of doomed) {
        if (deleted.has(id)) continue
        try {
          const { status } = await api(server, token, 'DELETE', `/uploads/${id}`)
          if (status === 204 || status === 404) deleted.add(id)
        } catch {
          return
        }
      }
    })()
    await new Promise((resolve) => setTimeout(resolve, 15 + 10 * round))
    await server.kill()
    await work
    server = await startServer({ data, config: { log: { level: 'error' } } })
    await expectHeld()
  }

  async function expectHeld(): Promise<void> {
    const gone = doomed.filter((id) => deleted.has(id))
    for (const [index, id] of doomed.entries()) {
      for (const n of [index * 3, index * 3 + 1, index * 3 + 2]) {
        const status = await statusOf(server, n)
        if (n % 2 === 0) expect([n, status]).toEqual([n, 200])
        else if (gone.includes(id)) expect([n, status]).toEqual([n, 404])
      }
    }
    const internal = readdirSync(join(data, 'symbols/.symgate/packages'))
    expect(internal.filter((name) => !name.endsWith('.json'))).toEqual([])
    // What lies there is what is served, half-deleted packages included.
    const files = listFiles(join(data, 'symbols')).filter((name) => !name.startsWith('.symgate'))
    for (const name of files) {
      const answer = await fetch(`${server.url}/${name}`, { method: 'HEAD' })
      expect([name, answer.status]).toEqual([name, 200])
    }
  }
})
