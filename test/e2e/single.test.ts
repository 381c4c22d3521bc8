import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { writeCabinet } from '../../src/cabinet/write-cabinet.ts'
import { crashReport, symboldRequests, type CrashModule } from '../helpers/crash-report.ts'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { readCabinet } from '../helpers/read-cabinet.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const ID = '497B72F6390A44FC878E5A2D63B6CC4B1'
const FORMS = ['app.pdb', 'app.pd_', 'app.sym'].map((file) => `app.pdb/${ID}/${file}`)
const pdb = makePdb({ guid: ID.slice(0, 32), age: 1 })
const sym = Buffer.from(`MODULE windows x86_64 ${ID} app.pdb\nPUBLIC 1000 0 main\n`)
const MODULES = crashReport()

async function upload(server: RunningServer, files: readonly { name: string; data: Buffer }[]) {
  const answer = await fetch(`${server.url}/api/v1/uploads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await createToken(server, 'upload')}` },
    body: new Uint8Array(makeZip(files)),
  })
  expect(answer.status).toBe(200)
}

async function cabinetOf(name: string, content: Buffer): Promise<Buffer> {
  const path = join(tempDir(), 'made.cab')
  const member = { name, size: content.byteLength, modifiedAt: new Date(0) }
  await writeCabinet(Readable.from([content]), member, path)
  return readFileSync(path)
}

/** A server that has the files at these paths, without case. */
async function fileServer(files: ReadonlyMap<string, Buffer>) {
  const lower = new Map([...files].map(([path, bytes]) => [path.toLowerCase(), bytes]))
  return await startUpstream((request, response) => {
    const bytes = lower.get(decodeURIComponent(String(request.url).slice(1)).toLowerCase())
    if (bytes === undefined) response.writeHead(404).end()
    else response.end(bytes)
  })
}

/** What all forms of one pair come to, asked for at the same time. */
async function answers(base: string, paths: readonly string[], headers: Record<string, string>) {
  return await Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(`${base}/${path}`, { headers })
      return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) }
    }),
  )
}

describe('a crash report of 40 modules, asked for as symbold does', () => {
  /** The files that upstreams have: a SymStore, and Breakpad's store. */
  async function startAll() {
    const store = new Map<string, Buffer>()
    const breakpad = new Map<string, Buffer>()
    const hosted: { name: string; data: Buffer }[] = []
    for (const [index, module] of MODULES.entries()) {
      const { place, debugFile, debugId, codeFile, codeId } = module
      if (place === 'upstream') {
        store.set(`${debugFile}/${debugId}/${debugFile}`, module.pdb)
        store.set(`${codeFile}/${codeId}/${codeFile}`, module.pe)
      } else if (place === 'upstream cab') {
        const cabinet = await cabinetOf(debugFile, module.pdb)
        store.set(`${debugFile}/${debugId}/${debugFile.replace(/.$/, '_')}`, cabinet)
      } else if (place === 'upstream sym') {
        breakpad.set(`${debugFile}/${debugId}/${debugFile.replace('.pdb', '.sym')}`, module.sym)
      } else if (place === 'hosted') {
        hosted.push({ name: `${index}/${debugFile}`, data: module.pdb })
        hosted.push({ name: `${index}/${codeFile}`, data: module.pe })
        hosted.push({ name: `${index}/${debugFile}.sym`, data: module.sym })
      } else if (place === 'hosted sym') {
        hosted.push({ name: `${index}/${debugFile}.sym`, data: module.sym })
      }
    }
    const microsoft = await fileServer(store)
    const mozilla = await fileServer(breakpad)
    const server = await startServer({
      config: {
        access: { anonymous_download: false },
        serve: { http_compression: 'all' },
        upstreams: [
          {
            name: 'microsoft',
            url: microsoft.url,
            public: true,
            kinds: ['pdb', 'pe'],
            blocklist: ['xul.*', 'mozglue.*', 'nss3.*', 'lgpllibs.*'],
          },
          { name: 'mozilla', url: mozilla.url, public: true, layout: 'breakpad' },
        ],
      },
    })
    await upload(server, hosted)
    const token = await createToken(server, 'download')
    const authorization = `Basic ${Buffer.from(`symbold:${token}`).toString('base64')}`
    return { server, microsoft, mozilla, headers: { authorization } }
  }

  /** The one file that each of a module's three pairs is answered with. */
  function expected({ place, pdb, pe, sym }: CrashModule): readonly (Buffer | undefined)[] {
    switch (place) {
      case 'hosted':
        return [pdb, pe, sym]
      case 'hosted sym':
        return [sym, sym, sym]
      case 'upstream':
        return [pdb, pe, undefined]
      case 'upstream cab':
        return [pdb, undefined, undefined]
      case 'upstream sym':
        return [sym, undefined, undefined]
      case 'nowhere':
        return [undefined, undefined, undefined]
    }
  }

  it('gets exactly one valid file for each known pair and no wrong one, cold and warm', async () => {
    const { server, microsoft, mozilla, headers } = await startAll()
    expect(MODULES).toHaveLength(40)
    const base = `${server.url}/single`
    const requests = MODULES.flatMap((module) =>
      symboldRequests(module).map((paths, pair) => ({
        paths,
        file: expected(module)[pair],
        // A Breakpad file names its executable: once it is here, it is found by that too.
        learned: module.place === 'upstream sym' ? module.sym : undefined,
      })),
    )
    // The second time everything that upstreams have is here, and what they have not is remembered.
    for (let pass = 1; pass <= 2; pass++) {
      await Promise.all(
        requests.map(async ({ paths, file, learned }) => {
          const all = await answers(base, paths, headers)
          const good = all.filter(({ status }) => status === 200).map(({ body }) => body)
          const isRight = good.length === 1 && file !== undefined && good[0]?.equals(file) === true
          const isLearned = good.length === 1 && learned !== undefined && good[0]?.equals(learned)
          const isNone = good.length === 0 && file === undefined
          expect(isRight || isLearned || isNone, `${paths[0]}: ${good.length} files`).toBe(true)
        }),
      )
    }
    for (const { requests: asked } of [microsoft, mozilla]) {
      const urls = asked.map(({ url }) => url)
      expect(urls.length).toBeGreaterThan(0)
      expect(new Set(urls).size).toBe(urls.length)
    }
  })

  it('is refused without credentials, and answers the same below a token in the path', async () => {
    const { server, headers } = await startAll()
    const [first] = MODULES
    if (first === undefined) return
    const paths = symboldRequests(first)[0] ?? []
    const refused = await answers(`${server.url}/single`, paths, {})
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401])
    const token = Buffer.from(headers.authorization.slice(6), 'base64').toString().slice(8)
    const given = await answers(`${server.url}/t/${token}/single`, paths, {})
    expect(given.map(({ status }) => status)).toEqual([200, 404, 404])
  })
})

describe('below /single', () => {
  const statuses = async (base: string, method = 'GET') =>
    await Promise.all(
      FORMS.map(async (path) => (await fetch(`${base}/${path}`, { method })).status),
    )

  it('one form answers to GET and HEAD, at every base, and the others say absent', async () => {
    const server = await startServer()
    await upload(server, [
      { name: 'app.pdb', data: pdb },
      { name: 'app.sym', data: sym },
    ])
    for (const base of ['single', 'Single', 'symbols/single', 'download/symbols/single']) {
      expect(await statuses(`${server.url}/${base}`)).toEqual([200, 404, 404])
      expect(await statuses(`${server.url}/${base}`, 'HEAD')).toEqual([200, 404, 404])
    }
    const other = await curl(`${server.url}/single/${FORMS[2]}`)
    expect(other.headers.get('x-symgate-miss')).toBe('absent')
    expect(other.headers.get('cache-control')).toBe('no-store')
    expect(await statuses(server.url)).toEqual([200, 404, 200])
    expect((await fetch(`${server.url}/single/index2.txt`)).status).toBe(404)
    expect((await fetch(`${server.url}/single/pingme.txt`)).status).toBe(200)
  })

  it('a cabinet can be the one, and Breakpad files, with gzip on the wire', async () => {
    const server = await startServer({
      config: { serve: { compressed: true }, single: { prefer: ['compressed', 'sym'] } },
    })
    await upload(server, [
      { name: 'app.pdb', data: pdb },
      { name: 'app.sym', data: sym },
    ])
    expect(await statuses(`${server.url}/single`)).toEqual([404, 200, 404])
    const cabinet = await curl(`${server.url}/single/${FORMS[1]}`)
    expect((await readCabinet(cabinet.body)).content.equals(pdb)).toBe(true)

    const text = await startServer({ config: { single: { prefer: ['sym', 'plain'] } } })
    await upload(text, [
      { name: 'app.pdb', data: pdb },
      { name: 'app.sym', data: sym },
    ])
    expect(await statuses(`${text.url}/single`)).toEqual([404, 404, 200])
    const zipped = await curl('-H', 'Accept-Encoding: gzip', `${text.url}/single/${FORMS[2]}`)
    expect(zipped.headers.get('content-encoding')).toBe('gzip')
  })

  it('the decision falls at once, while the upstream still thinks, and holds until it has said no', async () => {
    const thinking = Promise.withResolvers<void>()
    const upstream = await startUpstream(async ({ url }, response) => {
      if (!String(url).endsWith('.sym')) await thinking.promise
      if (url === `/${FORMS[2]}`) response.end(sym)
      else response.writeHead(404).end()
    })
    const server = await startServer({
      config: { upstreams: [{ name: 'slow', url: upstream.url }] },
    })
    const plain = fetch(`${server.url}/single/${FORMS[0]}`)
    await waitUntil(() => upstream.requests.length > 0)
    expect((await fetch(`${server.url}/single/${FORMS[2]}`)).status).toBe(404)
    expect((await fetch(`${server.url}/single/${FORMS[1]}`)).status).toBe(404)
    // Everywhere else each form is a file of its own.
    expect((await fetch(`${server.url}/${FORMS[2]}`)).status).toBe(200)
    expect((await fetch(`${server.url}/single/${FORMS[2]}`)).status).toBe(404)
    thinking.resolve()
    expect((await plain).status).toBe(404)
    expect(await statuses(`${server.url}/single`)).toEqual([404, 404, 200])
  })

  it('a form that was held back is not noted as missing', async () => {
    const server = await startServer()
    await upload(server, [{ name: 'app.pdb', data: pdb }])
    expect(await statuses(`${server.url}/single`)).toEqual([200, 404, 404])
    const missing = await fetch(`${server.url}/api/v1/missing`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    })
    expect(await missing.json()).toMatchObject({ items: [] })
  })
})
