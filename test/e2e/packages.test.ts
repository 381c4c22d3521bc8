import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import {
  createToken,
  sharedServer,
  startServer,
  waitUntil,
  type RunningServer,
} from '../helpers/server.ts'

const { pdb } = build()
const cut = pdb.subarray(0, 5000)

/** A file of its own: no other test's has its id. */
function build() {
  const guid = randomBytes(16).toString('hex').toUpperCase()
  return { guid, pdb: makePdb({ guid, age: 10 }), key: `App.pdb/${guid}a/App.pdb` }
}

const shared = sharedServer()

/** A new server, or the one given, and a token of the test's own. */
async function uploader({
  server: given,
  ...limits
}: {
  server?: RunningServer
  tags?: readonly string[]
  names?: readonly string[]
} = {}): Promise<{ server: RunningServer; token: string; send: Send }> {
  const server = given ?? (await startServer())
  const token = await createToken(server, 'upload', limits)
  return { server, token, send: (query, body) => send(server, token, query, body) }
}

type Send = (query: string, body: Buffer) => ReturnType<typeof send>

interface Row {
  readonly path: string
  readonly status: string
}

async function send(server: RunningServer, token: string, query: string, body: Buffer) {
  const response = await fetch(`${server.url}/api/v1/uploads?${query}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: response.status, json: JSON.parse(await response.text()) }
}

const hosted = (server: RunningServer): readonly string[] =>
  listFiles(join(server.data, 'symbols')).filter((name) => !name.startsWith('.symgate/'))

/** Gives the files that have been hosted since. */
function arrivals(server: RunningServer): () => readonly string[] {
  const before = new Set(hosted(server))
  return () => hosted(server).filter((name) => !before.has(name))
}

const staged = (server: RunningServer): readonly string[] =>
  listFiles(join(server.data, 'symbols/.symgate/staging'))

describe('the history', () => {
  it('tells of a published package: who, when, how much, and every file', async () => {
    const { server, token, send } = await uploader({ server: shared() })
    const { pdb, key } = build()
    const zip = makeZip([
      { name: 'bin/App.pdb', data: pdb },
      { name: 'bin/cut.pdb', data: cut },
      { name: 'readme.txt', data: 'hello' },
    ])
    const before = Date.now()
    const { json } = await send('tag=1.2.3&product=Editor&version=9&comment=nightly', zip)
    const { status, json: found } = await apiGet(server, `/uploads/${json.upload.id}`)
    expect(status).toBe(200)
    expect(found).toEqual({
      id: json.upload.id,
      tag: '1.2.3',
      product: 'Editor',
      version: '9',
      comment: 'nightly',
      build: null,
      protected: false,
      verdict: 'failed',
      published: true,
      token: token.slice(0, 8),
      sent_bytes: zip.byteLength,
      size: pdb.byteLength,
      stored: 1,
      duplicates: 0,
      conflicts: 0,
      skipped: 1,
      rejected: 1,
      alerts: 0,
      error: null,
      received: expect.any(String),
      finished: expect.any(String),
      files: [
        {
          path: 'bin/App.pdb',
          status: 'stored',
          keys: [key],
          size: pdb.byteLength,
          sha256: expect.stringMatching(/^[\da-f]{64}$/),
        },
        { path: 'bin/cut.pdb', status: 'rejected', reason: expect.any(String), keys: [] },
        { path: 'readme.txt', status: 'skipped', reason: 'not a symbol file', keys: [] },
      ],
      next: null,
    })
    const times = [before, Date.parse(found.received), Date.parse(found.finished), Date.now()]
    expect(times.toSorted((a, b) => a - b)).toEqual(times)
  })

  it.each([
    [
      'strict',
      'package_rejected',
      'strict=1',
      makeZip([
        { name: 'App.pdb', data: pdb },
        { name: 'cut.pdb', data: cut },
      ]),
      [
        ['App.pdb', 'skipped'],
        ['cut.pdb', 'rejected'],
      ],
    ],
    [
      'nothing to store',
      'nothing_to_store',
      '',
      makeZip([{ name: 'a.txt', data: 'a' }]),
      [['a.txt', 'skipped']],
    ],
    [
      'damaged',
      'archive_damaged',
      '',
      makeZip([{ name: 'App.pdb', data: pdb }]).subarray(0, -30),
      [],
    ],
    ['hostile', 'archive_hostile', '', makeTar([{ name: '../App.pdb', data: pdb }]), []],
    ['nameless', 'name_required', '', pdb, []],
    ['empty', 'nothing_to_store', '', Buffer.alloc(0), []],
  ])(
    'keeps a refused upload (%s) as failed, with its reason, and publishes nothing',
    async (_, code, query, body, rows) => {
      const { server, send } = await uploader()
      const { json } = await send(`tag=bad&${query}`, body)
      expect(json.error.code).toBe(code)
      const { json: list } = await apiGet(server, '/uploads?verdict=failed')
      expect(list.items).toMatchObject([
        { tag: 'bad', verdict: 'failed', published: false, error: json.error, stored: 0 },
      ])
      const { json: found } = await apiGet(server, `/uploads/${list.items[0].id}`)
      expect(found.files.map((file: Row) => [file.path, file.status])).toEqual(rows)
      expect([hosted(server), staged(server)]).toEqual([[], []])
      await server.kill()
      const again = await startServer({ data: server.data })
      const kept = await apiGet({ ...again, adminToken: server.adminToken }, '/uploads')
      expect(kept.json.items).toEqual(list.items)
    },
  )

  it('keeps an upload that broke off', async () => {
    const { server, token } = await uploader()
    const sent = request(`${server.url}/${token}/symbols?tag=cut`, {
      method: 'POST',
      headers: { 'content-length': 100_000 },
    })
    sent.on('error', () => {})
    sent.write(makeTar([{ name: 'App.pdb', data: pdb }]), () =>
      setTimeout(() => sent.destroy(), 50),
    )
    await waitUntil(async () => (await apiGet(server, '/uploads')).json.items.length > 0)
    const { json } = await apiGet(server, '/uploads')
    expect(json.items).toMatchObject([
      { tag: 'cut', verdict: 'failed', published: false, error: { code: 'upload_interrupted' } },
    ])
    await waitUntil(() => staged(server).length === 0)
    expect(hosted(server)).toEqual([])
  })

  it('is listed in pages and narrowed by tag, text and verdict', async () => {
    const { server, send } = await uploader()
    const zip = makeZip([{ name: 'App.pdb', data: pdb }])
    for (const query of ['tag=a&comment=Linux', 'tag=b', 'tag=a', 'tag=c&version=linux-7'])
      await send(query, zip)
    await send('tag=a', makeZip([{ name: 'a.txt', data: 'a' }]))
    const tags = async (query: string): Promise<string[]> => {
      const found: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const more: string = cursor === '' ? '' : `&cursor=${cursor}`
        const { json } = await apiGet(server, `/uploads?limit=2${query}${more}`)
        expect(json.items.length).toBeLessThanOrEqual(2)
        found.push(
          ...json.items.map(
            ({ tag, verdict }: Readonly<Record<string, string>>) => `${tag} ${verdict}`,
          ),
        )
        cursor = json.next
      }
      return found
    }
    expect(await tags('')).toEqual(['a failed', 'c good', 'a good', 'b good', 'a good'])
    expect(await tags('&tag=a')).toEqual(['a failed', 'a good', 'a good'])
    expect(await tags('&tag=a&verdict=good')).toEqual(['a good', 'a good'])
    expect(await tags('&q=LINUX')).toEqual(['c good', 'a good'])
    expect(await tags('&tag=A')).toEqual([])
    const wrong = await apiGet(server, '/uploads?cursor=nonsense')
    expect([wrong.status, wrong.json.error.code]).toEqual([400, 'request_invalid'])
  })

  it('gives the files of a large package in pages', async () => {
    const { server, send } = await uploader({ server: shared() })
    const entries = Array.from({ length: 2500 }, (_, index) => ({
      name: `${index}.txt`,
      data: 'x',
    }))
    const { json } = await send('', makeZip([{ name: 'App.pdb', data: pdb }, ...entries]))
    const first = await apiGet(server, `/uploads/${json.upload.id}`)
    const second = await apiGet(
      server,
      `/uploads/${json.upload.id}?limit=10000&cursor=${first.json.next}`,
    )
    expect([first.json.files.length, second.json.files.length]).toEqual([1000, 1501])
    expect(second.json.next).toBeNull()
    expect(second.json.files[0].path).toBe('999.txt')
  })

  it('shows uploaders what is their own and nothing else', async () => {
    const { server, token, send } = await uploader({ server: shared() })
    const { json } = await send('', makeZip([{ name: 'App.pdb', data: pdb }]))
    const other = await createToken(server, 'upload')
    const path = `/uploads/${json.upload.id}`
    expect((await apiGet(server, path, token)).json.verdict).toBe('good')
    expect((await apiGet(server, path, other)).status).toBe(404)
    expect((await apiGet(server, '/uploads', token)).status).toBe(403)
    expect((await apiGet(server, '/uploads/nothing')).status).toBe(404)
  })
})

describe('an asynchronous upload', () => {
  it('is answered with its id at once, and its verdict is found later with the same token', async () => {
    const { server, token, send } = await uploader({ server: shared() })
    const { pdb, key } = build()
    const arrived = arrivals(server)
    const { status, json } = await send(
      'async=1&tag=later',
      makeZip([{ name: 'App.pdb', data: pdb }]),
    )
    expect([status, json]).toEqual([
      202,
      {
        response: 'ok',
        _rxid: json.upload.id,
        upload: { id: json.upload.id, verdict: 'processing' },
      },
    ])
    const path = `/uploads/${json.upload.id}`
    await waitUntil(async () => (await apiGet(server, path, token)).json.verdict !== 'processing')
    const { json: found } = await apiGet(server, path, token)
    expect(found).toMatchObject({ verdict: 'good', tag: 'later', stored: 1, published: true })
    // The verdict is known before the folder is gone.
    await waitUntil(() => staged(server).length === 0)
    expect(arrived()).toEqual([key])
  })

  it('that fails tells why in the history and leaves nothing', async () => {
    const { server, token, send } = await uploader({ server: shared() })
    const arrived = arrivals(server)
    const bad = makeZip([{ name: 'App.pdb', data: pdb }]).subarray(0, -30)
    const { json } = await send('async=1', bad)
    const path = `/uploads/${json.upload.id}`
    await waitUntil(async () => (await apiGet(server, path, token)).json.verdict === 'failed')
    const { json: found } = await apiGet(server, path, token)
    expect(found).toMatchObject({ published: false, error: { code: 'archive_damaged' } })
    // The verdict is known before the folder is gone.
    await waitUntil(() => staged(server).length === 0)
    expect(arrived()).toEqual([])
  })

  it('takes forms, whose fields count', async () => {
    const { server, token } = await uploader({ server: shared() })
    const form = new FormData()
    form.append('tag', 'from-form')
    form.append('upload_file', new Blob([pdb]), 'App.pdb')
    const response = await fetch(`${server.url}/${token}/symbols?async=1`, {
      method: 'POST',
      body: form,
    })
    const { upload } = (await response.json()) as { upload: { id: string } }
    const path = `/uploads/${upload.id}`
    await waitUntil(async () => (await apiGet(server, path, token)).json.verdict === 'good')
    expect((await apiGet(server, path, token)).json.tag).toBe('from-form')
  })

  it('that a kill cuts off has failed when the server is back', async () => {
    const { server, token, send } = await uploader()
    const many = Array.from({ length: 4000 }, (_, index) => ({
      name: `${index}/App.pdb`,
      data: makePdb({ guid: index.toString(16).padStart(32, 'A'), age: 1 }),
    }))
    const { json } = await send('async=1', makeZip(many))
    await server.kill()
    const again = await startServer({ data: server.data })
    const { json: found } = await apiGet(again, `/uploads/${json.upload.id}`, token)
    expect(found).toMatchObject({
      verdict: 'failed',
      published: false,
      error: { code: 'upload_interrupted' },
    })
    expect([hosted(again), staged(again)]).toEqual([[], []])
  })
})

describe('a limited token', () => {
  it('uploads under its tags only, said before or in the form', async () => {
    const { server, token, send } = await uploader({ server: shared(), tags: ['team-*'] })
    const zip = makeZip([{ name: 'App.pdb', data: pdb }])
    expect((await send('tag=team-1', zip)).status).toBe(200)
    const refused = await send('tag=other', zip)
    expect([refused.status, refused.json.error]).toEqual([
      403,
      {
        code: 'token_limited',
        message: 'the token may upload under tags team-* only, not "other"',
      },
    ])
    const form = new FormData()
    form.append('upload_file', new Blob([zip]), 'symbols.zip')
    form.append('tag', 'other')
    const response = await fetch(`${server.url}/${token}/symbols`, { method: 'POST', body: form })
    expect(response.status).toBe(403)
    expect((await send('', zip)).status).toBe(403)
  })

  it('has files of other names rejected, whatever their folder says', async () => {
    const { server, send } = await uploader({ server: shared(), names: ['App*.pdb', '*.so'] })
    const { guid, pdb, key } = build()
    const arrived = arrivals(server)
    const zip = makeZip([
      { name: 'App.pdb', data: pdb },
      { name: 'App.pdb/ntdll.pdb', data: makePdb({ guid, age: 11 }) },
    ])
    const { status, json } = await send('', zip)
    expect([status, json.upload.verdict]).toEqual([200, 'failed'])
    expect(json.upload.files[1]).toEqual({
      path: 'App.pdb/ntdll.pdb',
      status: 'rejected',
      reason: 'the token may publish files named App*.pdb, *.so only, not "ntdll.pdb"',
      keys: [],
    })
    expect(arrived()).toEqual([key])
  })

  it('does not take the place of a file of another name that has the same id', async () => {
    const { server, token } = await uploader({ server: shared() })
    const { guid, pdb, key } = build()
    await send(server, token, 'upload_file=App.pdb', pdb)
    const limited = await createToken(server, 'upload', { names: ['editor*.pdb'] })
    const changed = makePdb({ guid, age: 10, payload: Buffer.from('changed') })
    const query = 'upload_file=editor.pdb&on_conflict=replace'
    const refused = await send(server, limited, query, changed)
    expect([refused.status, refused.json.upload.files[0]]).toEqual([
      422,
      {
        path: 'editor.pdb',
        status: 'rejected',
        reason: expect.stringMatching(/hosted as "App\.pdb" .* named editor\*\.pdb only/),
        keys: [],
      },
    ])
    const response = await fetch(`${server.url}/${key}`)
    expect(pdb.equals(Buffer.from(await response.arrayBuffer()))).toBe(true)
  })
})

it('ten concurrent uploads of the same files end in one stored copy and true verdicts', async () => {
  const { server, send } = await uploader({ server: shared() })
  const { guid, pdb, key } = build()
  const arrived = arrivals(server)
  const zip = makeZip([
    { name: 'App.pdb', data: pdb },
    { name: 'Other.pdb', data: makePdb({ guid, age: 11 }) },
  ])
  const answers = await Promise.all(Array.from({ length: 10 }, () => send('', zip)))
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200))
  const stored = answers.map(({ json }) => [json.upload.stored, json.upload.duplicates])
  expect(stored.filter(([count]) => count === 2)).toEqual([[2, 0]])
  expect(stored.filter(([count]) => count === 0)).toEqual(Array.from({ length: 9 }, () => [0, 2]))
  expect(arrived()).toEqual([key, `Other.pdb/${guid}b/Other.pdb`])
})
