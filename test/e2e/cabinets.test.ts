import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openCorpus } from '../helpers/corpus.ts'
import { curl } from '../helpers/curl.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { readCabinet } from '../helpers/read-cabinet.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const corpus = openCorpus()
const read = (name: string): Buffer => readFileSync(corpus?.path(name) ?? '')
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Real cabinets of one file that is called as they are: MSZIP, LZX and stored. */
const SINGLE = [
  'cab/ShowSSEConfig.pd_',
  'cab/ShowSSEConfig.ex_',
  'cab/qipcap64.pd_',
  'cab/lld_arm64_alpha.dl_',
  'cab/lld_x64_alpha.ex_',
  'cab/lzx/app.pd_',
]

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1 })
const PDB_KEY = `app.pdb/${GUID}1/app.pdb`

interface Answer {
  readonly error?: { readonly code: string; readonly message: string }
  readonly upload?: {
    readonly verdict: string
    readonly files: readonly {
      readonly path: string
      readonly status: string
      readonly reason?: string
      readonly keys: readonly string[]
    }[]
  }
}

/** The members of a cabinet as the corpus describes them: what they are called for, and what they are. */
function membersOf(name: string): { path: string; sha256: string }[] {
  const { members = [] } = corpus?.rows.find(({ path }) => path === name) ?? {}
  return members.map((member) => ({
    path: String(member.identifiers?.['symstore_path']),
    sha256: member.sha256,
  }))
}

async function uploader(config: object = {}) {
  const server = await startServer({ config })
  const token = await createToken(server, 'upload')
  const post = async (
    body: Buffer,
    parameters = '',
  ): Promise<{ status: number; answer: Answer }> => {
    const url = `${server.url}/${token}/symbols?${parameters}`
    const response = await fetch(url, { method: 'POST', body })
    return { status: response.status, answer: (await response.json()) as Answer }
  }
  return { server, post }
}

const hosted = (server: RunningServer): readonly string[] =>
  listFiles(join(server.data, 'symbols')).filter((name) => !name.startsWith('.symgate/packages/'))

async function expectServed(
  server: RunningServer,
  files: readonly { path: string; sha256: string }[],
): Promise<void> {
  for (const file of files) {
    const { status, body } = await curl(`${server.url}/${encodeURI(file.path)}`)
    expect([file.path, status, sha256(body)]).toEqual([file.path, 200, file.sha256])
  }
}

describe.skipIf(corpus === undefined)('a real cabinet', () => {
  it('uploaded alone is stored and served as the file in it', async () => {
    const { server, post } = await uploader()
    for (const name of SINGLE) {
      const { status, answer } = await post(read(name), `upload_file=${basename(name)}`)
      const [member] = membersOf(name)
      expect([name, status]).toEqual([name, 200])
      expect(answer.upload?.files).toMatchObject([{ path: basename(name), status: 'stored' }])
      expect(answer.upload?.files[0]?.keys[0]).toBe(member?.path)
    }
    const members = SINGLE.flatMap(membersOf)
    await expectServed(server, members)
    expect([...hosted(server)].sort()).toEqual(members.map(({ path }) => path).sort())
  })

  it.each([
    ['zip', (files: { name: string; data: Buffer }[]) => makeZip(files)],
    ['tar.gz', (files: { name: string; data: Buffer }[]) => gzipSync(makeTar(files))],
  ])('in a %s is one row with its own path and the file’s keys', async (_, pack) => {
    const { server, post } = await uploader()
    const files = SINGLE.map((name) => ({ name: `store/${basename(name)}`, data: read(name) }))
    const { status, answer } = await post(pack([...files, { name: 'app2.pdb', data: pdb }]))
    expect([status, answer.upload?.verdict]).toEqual([200, 'good'])
    expect(answer.upload?.files.map(({ path, status, keys }) => [path, status, keys[0]])).toEqual([
      ...SINGLE.map((name) => [`store/${basename(name)}`, 'stored', membersOf(name)[0]?.path]),
      ['app2.pdb', 'stored', `app2.pdb/${GUID}1/app2.pdb`],
    ])
    await expectServed(server, SINGLE.flatMap(membersOf))
  })

  it('takes the upload’s name, where that is a compressed one, before its own', async () => {
    const { post } = await uploader()
    const renamed = await post(read('cab/gcab_mszip_alpha.pd_'), 'upload_file=Other.pd_')
    const [member] = membersOf('cab/gcab_mszip_alpha.pd_')
    const id = member?.path.split('/')[1] ?? ''
    expect(renamed.answer.upload?.files[0]?.keys[0]).toBe(`Other.pdb/${id}/Other.pdb`)
    const nameless = await post(read('cab/lld_arm64_alpha.dl_'))
    expect(nameless.answer.upload?.files[0]?.keys[0]).toBe(
      membersOf('cab/lld_arm64_alpha.dl_')[0]?.path,
    )
  })

  it('of several files is an archive, and inside another archive it is not opened', async () => {
    const { server, post } = await uploader()
    const several = await post(read('cab/multi_alpha.cab'), 'upload_file=multi_alpha.cab')
    const members = membersOf('cab/multi_alpha.cab')
    expect(several.answer.upload?.files.map(({ keys }) => keys[0]).sort()).toEqual(
      members.map(({ path }) => path).sort(),
    )
    await expectServed(server, members)
    const nested = await post(
      makeZip([
        { name: 'multi.cab', data: read('cab/multi_alpha.cab') },
        { name: 'app.pdb', data: pdb },
      ]),
    )
    expect(nested.answer.upload?.files).toMatchObject([
      { path: 'multi.cab', status: 'skipped', reason: expect.stringContaining('archive') },
      { path: 'app.pdb', status: 'stored' },
    ])
    const unicode = membersOf('cab/unicode_alpha.cab')
    await post(read('cab/unicode_alpha.cab'))
    await expectServed(server, unicode)
  })

  it('that is damaged is 422 alone and a rejected row among others', async () => {
    const { server, post } = await uploader()
    const bad = ['badsum', 'bitflip', 'lied_size', 'truncated'].map((name) => ({
      name: `${name}_alpha.pd_`,
      data: read(`cab/bad/${name}_alpha.pd_`),
    }))
    for (const { name, data } of bad) {
      const { status, answer } = await post(data, `upload_file=${name}`)
      expect([name, status, answer.error?.code]).toEqual([name, 422, 'archive_damaged'])
    }
    expect(hosted(server)).toEqual([])
    for (const archive of [
      makeZip([...bad, { name: 'app.pdb', data: pdb }]),
      makeTar([...bad, { name: 'app.pdb', data: pdb }]),
    ]) {
      const { status, answer } = await post(archive)
      expect([status, answer.upload?.verdict]).toEqual([200, 'failed'])
      for (const [index, { name }] of bad.entries()) {
        expect(answer.upload?.files[index]).toMatchObject({
          path: name,
          status: 'rejected',
          reason: expect.stringContaining('cabinet is damaged'),
        })
      }
      expect(answer.upload?.files.at(-1)?.status).toMatch(/^(stored|duplicate)$/)
    }
    expect(hosted(server)).toEqual([PDB_KEY])
  })

  it('in a damaged archive is the archive’s damage', async () => {
    const { server, post } = await uploader()
    const data = read('cab/qipcap64.pd_')
    const { status, answer } = await post(
      makeZip([{ name: 'qipcap64.pd_', data, central: { crc: 1 } }]),
    )
    expect([status, answer.error?.code]).toEqual([422, 'archive_damaged'])
    expect(answer.error?.message).toContain('qipcap64.pd_')
    const cut = makeTar([{ name: 'qipcap64.pd_', data }]).subarray(0, 20_000)
    expect((await post(cut)).status).toBe(422)
    expect(hosted(server)).toEqual([])
  })

  it('that unfolds to more than a limit is 413', async () => {
    const data = read('cab/ShowSSEConfig.pd_')
    const more = read('cab/qipcap64.pd_')
    for (const [limits, limit] of [
      [{ entry_size: '300KiB' }, 'limits.entry_size'],
      [{ expanded_size: '500KiB' }, 'limits.expanded_size'],
    ] as const) {
      const { server, post } = await uploader({ limits })
      const { status, answer } = await post(
        makeTar([
          { name: 'ShowSSEConfig.pd_', data },
          { name: 'qipcap64.pd_', data: more },
        ]),
      )
      expect([status, answer.error?.code]).toEqual([413, 'limit_exceeded'])
      expect(answer.error?.message).toContain(limit)
      expect(hosted(server)).toEqual([])
    }
  })

  it('under its plain name or only under its compressed one upstream is filled as the file', async () => {
    const [member] = membersOf('cab/lzx/app.pd_')
    const plain = `/${member?.path}`
    const compressed = plain.replace(/b$/, '_')
    const { size } = statSync(corpus?.path('cab/lzx/app.pd_') ?? '')
    for (const [place, requests] of [
      [plain, [plain]],
      [compressed, [plain, compressed]],
    ] as const) {
      const upstream = await startUpstream((request, response) => {
        if (request.url !== place) return void response.writeHead(404).end()
        response.writeHead(200, { 'content-length': size }).end(read('cab/lzx/app.pd_'))
      })
      const server = await startServer({
        config: { upstreams: [{ name: 'first', url: upstream.url }] },
      })
      const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(server.url + plain)))
      for (const answer of answers) {
        expect(answer.headers.get('content-length')).toBe('17166336')
        expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(member?.sha256)
      }
      expect(upstream.requests.map(({ url }) => url)).toEqual(requests)
      const file = join(server.data, 'cache', ...plain.split('/'))
      await waitUntil(
        async () =>
          (await curl('-I', server.url + plain)).headers.get('x-symgate-source') === 'cache',
      )
      expect(sha256(readFileSync(file))).toBe(member?.sha256)
      expect(readdirSync(join(server.data, 'cache/.symgate/staging/fills'))).toEqual([])
    }
  }, 120_000)

  it('that is damaged upstream is refused, by a cut connection where its head was good, and not remembered', async () => {
    let cabinet = read('cab/bad/truncated_alpha.pd_')
    const upstream = await startUpstream((request, response) => {
      if (request.url?.endsWith('_') !== true) return void response.writeHead(404).end()
      response.end(cabinet)
    })
    const server = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    const [small] = membersOf('cab/gcab_mszip_alpha.pd_')
    for (let attempt = 0; attempt < 2; attempt++) {
      const refused = await curl(`${server.url}/${small?.path}`)
      expect([refused.status, refused.headers.get('x-symgate-miss')]).toEqual([404, 'mismatch'])
    }
    const [large] = membersOf('cab/lzx/app.pd_')
    cabinet = read('cab/lzx/app.pd_').subarray(0, 2_000_000)
    expect([18, 56]).toContain((await curl(`${server.url}/${large?.path}`)).exit)
    cabinet = read('cab/lzx/app.pd_')
    await expectServed(server, [large ?? { path: '', sha256: '' }])
  })
})

describe('what is called like a cabinet', () => {
  it('and is a zip of one file, or the plain file, is known by its bytes', async () => {
    const { server, post } = await uploader()
    const pe = makePe({ timestamp: 0x5617d563, sizeOfImage: 0x8000 })
    const { answer } = await post(
      makeZip([
        { name: 'app.pd_', data: makeZip([{ name: 'app.pdb', data: pdb }]), method: 0 },
        { name: 'App.dl_', data: pe },
        { name: 'two.pd_', data: makeZip([{ name: 'a' }, { name: 'b' }]) },
        { name: 'bad.pd_', data: makeZip([{ name: 'a', data: pdb, central: { crc: 1 } }]) },
        { name: 'text.pd_', data: 'nothing' },
      ]),
    )
    expect(answer.upload?.files.map(({ path, status, keys }) => [path, status, keys[0]])).toEqual([
      ['app.pd_', 'stored', PDB_KEY],
      ['App.dl_', 'stored', 'App.dll/5617D5638000/App.dll'],
      ['two.pd_', 'skipped', undefined],
      ['bad.pd_', 'rejected', undefined],
      ['text.pd_', 'skipped', undefined],
    ])
    expect((await curl(`${server.url}/${PDB_KEY}`)).body.equals(pdb)).toBe(true)

    const single = await post(pe, 'upload_file=Other.ex_')
    expect(single.answer.upload?.files[0]).toMatchObject({
      path: 'Other.ex_',
      keys: ['Other.exe/5617D5638000/Other.exe'],
    })
  })

  it('and is a zip upstream is filled as the file in it', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url?.endsWith('.pd_') !== true) return void response.writeHead(404).end()
      response.end(makeZip([{ name: 'app.pdb', data: pdb }]))
    })
    const server = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    const { body, headers } = await curl(`${server.url}/${PDB_KEY}`)
    expect(body.equals(pdb)).toBe(true)
    expect(headers.get('content-length')).toBe(String(pdb.byteLength))
  })
})

describe('serve.compressed', () => {
  const CABINET = PDB_KEY.replace(/b$/, '_')
  const big = makePdb({ guid: GUID, age: 1, size: 3 << 20, payload: Buffer.from('first') })
  const derived = (server: RunningServer): readonly string[] =>
    listFiles(join(server.data, 'cache/.symgate/derived'))

  it('is off unless it is set: 404 at once, and nobody is asked', async () => {
    const upstream = await startUpstream((_, response) => void response.end(pdb))
    const { server, post } = await uploader({ upstreams: [{ name: 'first', url: upstream.url }] })
    expect((await curl(`${server.url}/${CABINET}`)).status).toBe(404)
    expect(upstream.requests).toHaveLength(0)
    await post(pdb, 'upload_file=app.pdb')
    expect((await curl(`${server.url}/${CABINET}`)).status).toBe(404)
  })

  it('answers a cabinet that cabextract reads, with length, own ETag, HEAD, ranges and 304', async () => {
    const { server, post } = await uploader({ serve: { compressed: true } })
    await post(big, 'upload_file=app.pdb')
    const url = `${server.url}/${CABINET}`
    const plain = await curl('--head', `${server.url}/${PDB_KEY}`)
    const head = await curl('--head', url)
    const { status, headers, body } = await curl('-H', 'Accept-Encoding: gzip', url)
    expect([head.status, status]).toEqual([200, 200])
    expect(headers.get('content-length')).toBe(String(body.byteLength))
    for (const name of ['content-length', 'etag', 'accept-ranges', 'content-type'])
      expect([name, head.headers.get(name)]).toEqual([name, headers.get(name)])
    expect(headers.get('content-type')).toBe('application/octet-stream')
    expect(headers.get('etag')).not.toBe(plain.headers.get('etag'))
    expect([headers.get('vary'), headers.get('content-encoding')]).toEqual([undefined, undefined])

    const { name, content } = await readCabinet(body)
    expect(content.equals(big)).toBe(true)
    expect(name).toBe('app.pdb')

    const part = await curl('--range', '100-199', url)
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 100-199/${body.byteLength}`,
    ])
    expect(part.body.equals(body.subarray(100, 200))).toBe(true)
    const match = await curl('-H', `If-None-Match: ${headers.get('etag')}`, url)
    expect(match.status).toBe(304)
  })

  it('makes each cabinet once, whoever asks at the same time, and keeps it over a restart', async () => {
    const config = { serve: { compressed: true } }
    const { server, post } = await uploader(config)
    await post(big, 'upload_file=app.pdb')
    const bodies = await Promise.all(
      Array.from({ length: 30 }, async () =>
        Buffer.from(await (await fetch(`${server.url}/${CABINET}`)).arrayBuffer()),
      ),
    )
    for (const body of bodies) expect(body.equals(bodies[0] ?? Buffer.alloc(0))).toBe(true)
    expect(derived(server)).toHaveLength(1)
    const [made = ''] = derived(server)
    const { ino } = statSync(join(server.data, 'cache/.symgate/derived', made))
    await server.stop()
    const again = await startServer({ data: server.data, config })
    expect((await curl(`${again.url}/${CABINET}`)).body.equals(bodies[0] ?? Buffer.alloc(0))).toBe(
      true,
    )
    expect(statSync(join(server.data, 'cache/.symgate/derived', made)).ino).toBe(ino)
  })

  it('never answers the cabinet of a file that was replaced, and drops it at the next start', async () => {
    const config = { serve: { compressed: true } }
    const { server, post } = await uploader(config)
    await post(big, 'upload_file=app.pdb')
    const old = await curl(`${server.url}/${CABINET}`)
    const other = makePdb({ guid: GUID, age: 1, size: 1 << 20, payload: Buffer.from('second') })
    await post(other, 'upload_file=app.pdb&on_conflict=replace')
    const changed = await curl(`${server.url}/${CABINET}`)
    expect(changed.headers.get('etag')).not.toBe(old.headers.get('etag'))
    expect((await readCabinet(changed.body)).content.equals(other)).toBe(true)
    expect(derived(server)).toHaveLength(2)
    await server.stop()
    const again = await startServer({ data: server.data, config })
    await waitUntil(() => derived(again).length === 1)
    expect(
      (await readCabinet((await curl(`${again.url}/${CABINET}`)).body)).content.equals(other),
    ).toBe(true)
  })

  it('makes cabinets of what upstreams have too, and 404 of what nobody has', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url !== `/${PDB_KEY}`) return void response.writeHead(404).end()
      response.end(big)
    })
    const server = await startServer({
      config: { serve: { compressed: true }, upstreams: [{ name: 'first', url: upstream.url }] },
    })
    const { status, body } = await curl(`${server.url}/${CABINET}`)
    expect(status).toBe(200)
    expect((await readCabinet(body)).content.equals(big)).toBe(true)
    expect(upstream.requests.map(({ url }) => url)).toEqual([`/${PDB_KEY}`])
    const absent = `other.pdb/${GUID}2/other.pd`
    const miss = await curl(`${server.url}/${absent}_`)
    expect([miss.status, miss.headers.get('x-symgate-miss')]).toEqual([404, 'absent'])
    expect((await curl(`${server.url}/${absent}b`)).headers.get('x-symgate-miss')).toBe(
      'remembered',
    )
  })
})
