import { createHash, randomBytes, randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, sharedServer, startServer, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A build of its own: no other test's files have its ids. */
function build() {
  const guid = randomBytes(16).toString('hex').toUpperCase()
  const timestamp = 0x5000_0000 + randomInt(0x1000_0000)
  const pdb = makePdb({ guid, age: 10 })
  const pe = makePe({ timestamp, sizeOfImage: 0x8000 })
  return {
    guid,
    pdb,
    pdbKey: `App.pdb/${guid}a/App.pdb`,
    pe,
    peKey: `App.dll/${timestamp.toString(16).toUpperCase()}8000/App.dll`,
    zip: makeZip([
      { name: 'bin/App.dll', data: pe },
      { name: 'bin/App.pdb', data: pdb },
      { name: 'readme.txt', data: 'hello' },
    ]),
  }
}

/** For uploads of which nothing is stored. */
const { pdb: anyPdb, zip: anyZip } = build()

interface Answer {
  readonly response?: string
  readonly _rxid?: string
  readonly error?: { readonly code: string; readonly message: string }
  readonly upload?: {
    readonly id: string
    readonly verdict: string
    readonly tag: string
    readonly stored: number
    readonly duplicates: number
    readonly skipped: number
    readonly rejected: number
    readonly files: readonly {
      readonly path: string
      readonly status: string
      readonly reason?: string
      readonly keys: readonly string[]
    }[]
  }
}

const shared = sharedServer()

/** The server of all tests, or one with the given settings, and a token of the test's own. */
async function uploader(config?: object): Promise<{ server: RunningServer; token: string }> {
  const server = config === undefined ? shared() : await startServer({ config })
  return { server, token: await createToken(server, 'upload') }
}

async function post(
  url: string,
  body: Buffer | FormData,
  headers: Record<string, string> = {},
): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(url, { method: 'POST', body, headers })
  return { status: response.status, answer: (await response.json()) as Answer }
}

/** Gives the files that have come into the store since. */
function arrivals(server: RunningServer): () => readonly string[] {
  const files = (): readonly string[] => listFiles(join(server.data, 'symbols'))
  const before = new Set(files())
  return () => files().filter((name) => !before.has(name))
}

/** As `arrivals`, without manifests. */
function hostedArrivals(server: RunningServer): () => readonly string[] {
  const arrived = arrivals(server)
  return () => arrived().filter((name) => !name.startsWith('.symgate/packages/'))
}

describe('an upload', () => {
  it('is answered with the package, its verdict and what became of each file', async () => {
    const { server, token } = await uploader()
    const { guid, pdb, pdbKey, peKey, zip } = build()
    const arrived = hostedArrivals(server)
    const { status, answer } = await post(`${server.url}/${token}/symbols?tag=1.2.3`, zip)
    expect(status).toBe(200)
    expect(answer).toEqual({
      response: 'ok',
      _rxid: answer.upload?.id,
      upload: {
        id: expect.stringMatching(/./),
        verdict: 'good',
        tag: '1.2.3',
        stored: 2,
        duplicates: 0,
        conflicts: 0,
        skipped: 1,
        rejected: 0,
        files: [
          { path: 'bin/App.dll', status: 'stored', keys: [peKey] },
          { path: 'bin/App.pdb', status: 'stored', keys: [pdbKey] },
          { path: 'readme.txt', status: 'skipped', reason: 'not a symbol file', keys: [] },
        ],
      },
    })
    expect(arrived()).toEqual([peKey, pdbKey])
    const served = await curl(`${server.url}/app.PDB/${guid.toLowerCase()}A/app.PDB`)
    expect(served.body.equals(pdb)).toBe(true)
    expect(served.headers.get('etag')).toBe(`"${createHash('sha256').update(pdb).digest('hex')}"`)
  })

  const tarOf = ({ pe, pdb }: ReturnType<typeof build>): Buffer =>
    makeTar([
      { name: './bin/App.dll', data: pe },
      { name: 'bin/App.pdb', data: pdb },
    ])

  it.each<[string, (sent: ReturnType<typeof build>) => Buffer]>([
    ['zip', ({ zip }) => zip],
    ['tar', tarOf],
    ['tar.gz', (sent) => gzipSync(tarOf(sent))],
    ['zip in gzip', ({ zip }) => gzipSync(zip)],
    ['tar.gz sent with gzip', (sent) => gzipSync(gzipSync(tarOf(sent)))],
  ])('takes %s, whatever Content-Type and encoding it claims', async (_, bodyOf) => {
    const { server, token } = await uploader()
    const sent = build()
    const arrived = hostedArrivals(server)
    const { status, answer } = await post(`${server.url}/${token}/symbols`, bodyOf(sent), {
      'content-type': 'application/x-www-form-urlencoded',
      'content-encoding': 'gzip',
    })
    expect([status, answer.upload?.stored, answer.upload?.tag]).toEqual([200, 2, 'anon'])
    expect(arrived()).toEqual([sent.peKey, sent.pdbKey])
  })

  it('takes every address and place of the token', async () => {
    const { server, token } = await uploader()
    const { zip } = build()
    const { url } = server
    const bearer = { authorization: `Bearer ${token}` }
    const basic = { authorization: `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}` }
    for (const [target, headers] of [
      [`/${token}/symbols?tag=T`, {}],
      [`/${token.toUpperCase()}/symbols&tag=T`, {}],
      [`/universe/${token}/symbols?tag=T`, {}],
      [`/api/post?token=${token}&format=symbols&tag=T`, {}],
      [`/post?format=symbols&token=${token}&tag=T`, {}],
      ['/api/v1/uploads?tag=T', bearer],
      ['/api/v1/uploads?tag=T', basic],
      ['/api/v1/uploads?tag=T', { 'auth-token': token }],
      [`/api/v1/uploads?tag=T&token=${token}`, {}],
      ['/api/v1/uploads?tag=T', { authorization: `Bearer ${server.adminToken}` }],
    ] as const) {
      const { status, answer } = await post(url + target, zip, headers)
      expect([target, status, answer.upload?.tag]).toEqual([target, 200, 'T'])
    }
    const put = await fetch(`${url}/api/v1/uploads`, { method: 'PUT', body: zip, headers: bearer })
    expect(put.status).toBe(200)
  })

  it('takes multipart forms, with several files and fields before or after them', async () => {
    const { server, token } = await uploader()
    const { guid, zip } = build()
    const arrived = hostedArrivals(server)
    const form = new FormData()
    form.append('upload_file', new Blob([zip]), 'symbols.zip')
    form.append('second', new Blob([makePdb({ guid, age: 2 })]), 'Other.pdb')
    form.append('tag', 'from a form')
    const { status, answer } = await post(`${server.url}/${token}/symbols`, form)
    expect([status, answer.upload?.tag, answer.upload?.stored]).toEqual([200, 'from a form', 3])
    expect(arrived()).toContain(`Other.pdb/${guid}2/Other.pdb`)
  })

  it('takes one file with its name, and asks for the name where it is needed', async () => {
    const { server, token } = await uploader()
    const { pdb, pdbKey, pe, peKey } = build()
    const arrived = hostedArrivals(server)
    const url = `${server.url}/${token}/symbols`
    const nameless = await post(url, pe)
    expect(nameless.status).toBe(422)
    expect(nameless.answer.error).toEqual({
      code: 'name_required',
      message: expect.stringContaining('upload_file=NAME'),
    })
    expect(nameless.answer.response).toBe('error')
    expect((await post(`${url}?upload_file=App.dll`, gzipSync(pe))).status).toBe(200)
    expect(
      (await post(`${url}?upload_file=${encodeURIComponent('C:\\build\\App.pdb')}`, pdb)).status,
    ).toBe(200)
    expect(arrived()).toEqual([peKey, pdbKey])
  })

  it('knows what it has: duplicates are not stored again, conflicts are told', async () => {
    const { server, token } = await uploader()
    const { guid, pdb, pdbKey, zip } = build()
    const url = `${server.url}/${token}/symbols`
    await post(url, zip)
    const again = await post(url, zip)
    expect(again.answer.upload).toMatchObject({ verdict: 'good', stored: 0, duplicates: 2 })

    const other = makePdb({ guid, age: 10, payload: Buffer.from('source indexed') })
    const kept = await post(`${url}?upload_file=App.pdb`, other)
    expect(kept.status).toBe(200)
    expect(kept.answer.upload?.files[0]).toMatchObject({
      status: 'conflict',
      reason: expect.stringContaining('are kept'),
    })
    expect((await curl(`${server.url}/${pdbKey}`)).body.equals(pdb)).toBe(true)

    const replaced = await post(`${url}?upload_file=App.pdb&on_conflict=replace`, other)
    expect(replaced.answer.upload?.files[0]).toMatchObject({
      status: 'stored',
      reason: expect.stringContaining('replaces other bytes'),
    })
    const served = await curl(`${server.url}/${pdbKey}`)
    expect(served.body.equals(other)).toBe(true)
    expect(served.headers.get('etag')).toBe(`"${createHash('sha256').update(other).digest('hex')}"`)
  })

  it('rejects a symbol file whose name nobody could ask for, and skips such names otherwise', async () => {
    const { server, token } = await uploader()
    const { pdb } = build()
    const body = makeZip([
      { name: 'web.config', data: '<configuration/>' },
      { name: 'nul.pdb', data: pdb },
    ])
    const { status, answer } = await post(`${server.url}/${token}/symbols`, body)
    expect(status).toBe(422)
    expect(answer.upload?.files.map((file) => [file.path, file.status])).toEqual([
      ['web.config', 'skipped'],
      ['nul.pdb', 'rejected'],
    ])
    expect(answer.upload?.verdict).toBe('failed')
  })

  it('notes a symbol path in the archive that the content contradicts', async () => {
    const { server, token } = await uploader()
    const { pdb, pdbKey } = build()
    const wrong = `App.pdb/${'0'.repeat(31)}71/App.pdb`
    const { answer } = await post(
      `${server.url}/${token}/symbols`,
      makeZip([{ name: wrong, data: pdb }]),
    )
    expect(answer.upload?.files[0]).toMatchObject({
      status: 'stored',
      reason: expect.stringContaining(wrong),
      keys: [pdbKey],
    })
  })

  it('strict publishes all or nothing; otherwise what is good is stored', async () => {
    const { server, token } = await uploader()
    const { pdb, pdbKey } = build()
    const arrived = hostedArrivals(server)
    const inStore = arrivals(server)
    const damaged = makeZip([
      { name: 'App.pdb', data: pdb },
      { name: 'bad.pdb', data: pdb.subarray(0, 5000) },
    ])
    const strict = await post(`${server.url}/${token}/symbols?strict=1`, damaged)
    expect(strict.status).toBe(422)
    expect(strict.answer).toMatchObject({
      error: { code: 'package_rejected' },
      upload: { verdict: 'failed', stored: 0, rejected: 1 },
    })
    expect(inStore()).toEqual([])

    const { status, answer } = await post(`${server.url}/${token}/symbols`, damaged)
    expect([
      status,
      answer.upload?.verdict,
      answer.upload?.stored,
      answer.upload?.rejected,
    ]).toEqual([200, 'failed', 1, 1])
    expect(arrived()).toEqual([pdbKey])
  })
})

describe('a refused upload', () => {
  it.each([
    ['no token', '/api/v1/uploads', 401, 'token_missing'],
    ['an unknown token', `/${'a'.repeat(40)}/symbols`, 403, 'token_invalid'],
    ['something that is no token', '/nonsense/symbols', 403, 'token_invalid'],
  ])('with %s is told so', async (_, target, status, code) => {
    const server = shared()
    const refused = await post(server.url + target, anyZip)
    expect([refused.status, refused.answer.error?.code]).toEqual([status, code])
    if (status === 403) expect(refused.answer.error?.message).toMatch(/^invalid token/)
  })

  it('with a token of another scope is told which', async () => {
    const server = shared()
    const download = await createToken(server, 'download')
    expect(
      (await post(`${server.url}/${download}/symbols`, anyZip)).answer.error?.message,
    ).toContain('its scope is download')
    const admin = await post(`${server.url}/${server.adminToken}/symbols`, anyZip)
    expect([admin.status, admin.answer.error?.message]).toEqual([
      403,
      expect.stringContaining('not taken from a URL'),
    ])
  })

  it('sees the answer although it sends a body that nobody wants', async () => {
    const server = shared()
    const body = Buffer.alloc(64 << 20)
    for (const headers of [['Expect:'], ['Expect: 100-continue']]) {
      const file = join(tempDir(), 'body')
      writeFileSync(file, body)
      const { status, exit } = await curl(
        '-H',
        String(headers),
        '--data-binary',
        `@${file}`,
        `${server.url}/wrong/symbols`,
      )
      expect([status, exit]).toEqual([403, 0])
    }
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${server.url}/wrong/symbols`, { method: 'POST' }, (response) =>
        resolve(response.statusCode),
      )
      sent.on('error', reject)
      sent.end(body)
    })
    expect(status).toBe(403)
  })

  it.each([
    [
      'path traversal',
      makeZip([{ name: '../../etc/evil.pdb', data: anyPdb }]),
      422,
      'archive_hostile',
      '../../etc/evil.pdb',
    ],
    [
      'an absolute path',
      makeTar([{ name: '/etc/evil.pdb', data: anyPdb }]),
      422,
      'archive_hostile',
      '/etc/evil.pdb',
    ],
    [
      'an encrypted entry',
      makeZip([{ name: 'a.pdb', data: anyPdb, flags: 1 }]),
      422,
      'archive_hostile',
      'a.pdb',
    ],
    [
      'a wrong CRC',
      makeZip([{ name: 'a.pdb', data: anyPdb, central: { crc: 1 } }]),
      422,
      'archive_damaged',
      'a.pdb',
    ],
    ['a cut zip', anyZip.subarray(0, anyZip.byteLength - 30), 422, 'archive_damaged', ''],
    [
      'a cut tar',
      makeTar([{ name: 'a.pdb', data: anyPdb }]).subarray(0, 2000),
      422,
      'archive_damaged',
      '',
    ],
    [
      'a cut gzip',
      gzipSync(makeTar([{ name: 'a.pdb', data: anyPdb }])).subarray(0, -20),
      422,
      'archive_damaged',
      '',
    ],
    [
      'another format',
      Buffer.concat([Buffer.from('\x04\x22\x4d\x18', 'latin1'), Buffer.alloc(5000)]),
      415,
      'unsupported_format',
      'lz4',
    ],
    [
      'nothing to store',
      makeZip([{ name: 'readme.txt', data: 'hello' }]),
      422,
      'nothing_to_store',
      'readme.txt',
    ],
    ['an empty archive', makeZip([]), 422, 'nothing_to_store', 'no files'],
    ['an empty body', Buffer.alloc(0), 422, 'nothing_to_store', 'empty'],
  ])('with %s names it and leaves nothing behind', async (_, body, status, code, named) => {
    const { server, token } = await uploader()
    const inStore = arrivals(server)
    const refused = await post(`${server.url}/${token}/symbols`, body)
    expect([refused.status, refused.answer.response, refused.answer.error?.code]).toEqual([
      status,
      'error',
      code,
    ])
    expect(refused.answer.error?.message).toContain(named)
    expect(inStore()).toEqual([])
  })

  it('lists links as rows and never makes them', async () => {
    const { server, token } = await uploader()
    const { pdb } = build()
    const tar = makeTar([
      { name: 'passwd.pdb', type: '2' },
      { name: 'App.pdb', data: pdb },
    ])
    const { answer } = await post(`${server.url}/${token}/symbols`, tar)
    expect(answer.upload?.files.map(({ path, status }) => [path, status])).toEqual([
      ['passwd.pdb', 'skipped'],
      ['App.pdb', 'stored'],
    ])
  })

  it('over a limit names the limit', async () => {
    const { server, token } = await uploader({
      limits: { upload_size: '1MiB', entry_size: '512KiB', expanded_size: '600KiB', entries: 3 },
    })
    const { guid } = build()
    const url = `${server.url}/${token}/symbols`
    const big = makePdb({ guid, age: 1, size: 550 << 10 })
    const half = makePdb({ guid, age: 1, size: 400 << 10 })
    for (const [body, limit] of [
      [Buffer.alloc(2 << 20), 'limits.upload_size'],
      [makeZip([{ name: 'a.pdb', data: big }]), 'limits.entry_size'],
      [
        makeTar([
          { name: 'a.pdb', data: half },
          { name: 'b.pdb', data: half },
        ]),
        'limits.expanded_size',
      ],
      [
        makeZip(Array.from({ length: 4 }, (_, index) => ({ name: `${index}.txt`, data: 'x' }))),
        'limits.entries',
      ],
    ] as const) {
      const { status, answer } = await post(url, body)
      expect([status, answer.error?.code]).toEqual([413, 'limit_exceeded'])
      expect(answer.error?.message).toContain(limit)
    }
    const chunked = await curl(
      '-H',
      'Transfer-Encoding: chunked',
      '--data-binary',
      `@${hugeFile()}`,
      url,
    )
    expect(chunked.status).toBe(413)
    expect(listFiles(join(server.data, 'symbols'))).toEqual([])
  })

  it('that breaks off leaves nothing behind', async () => {
    const { server, token } = await uploader()
    const { zip } = build()
    const inStore = arrivals(server)
    await new Promise<void>((resolve) => {
      const sent = request(`${server.url}/${token}/symbols`, {
        method: 'POST',
        headers: { 'content-length': zip.byteLength + 10 },
      })
      sent.on('error', () => resolve())
      sent.write(zip, () => setTimeout(() => sent.destroy(), 100))
      sent.on('close', () => resolve())
    })
    await expect.poll(() => inStore()).toEqual([])
    expect((await post(`${server.url}/${token}/symbols`, zip)).status).toBe(200)
  })

  it('as a form that breaks off, even while it waits for its turn, holds up nobody', async () => {
    const { server, token } = await uploader({ limits: { concurrent_uploads: 1 } })
    const { zip } = build()
    for (let round = 0; round < 12; round++) {
      await new Promise<void>((resolve) => {
        const sent = request(`${server.url}/${token}/symbols`, {
          method: 'POST',
          headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 5000 },
        })
        sent.on('error', () => {})
        sent.on('close', () => resolve())
        sent.write('--x\r\nContent-Disposition: form-data; name="a"; filename="a.zip"\r\n', () =>
          setTimeout(() => sent.destroy(), 5),
        )
      })
    }
    await expect
      .poll(async () => (await post(`${server.url}/${token}/symbols`, zip)).status, {
        timeout: 10_000,
      })
      .toBe(200)
    await expect.poll(() => listFiles(join(server.data, 'symbols/.symgate/staging'))).toEqual([])
  })

  it('beyond what runs and waits at once is told to come again', async () => {
    const { server, token } = await uploader({ limits: { concurrent_uploads: 1 } })
    const { zip } = build()
    const hanging = Array.from({ length: 5 }, () => {
      const sent = request(`${server.url}/${token}/symbols`, {
        method: 'POST',
        headers: { 'content-length': 1000 },
      })
      sent.on('error', () => {})
      sent.write('PK')
      return sent
    })
    await expect
      .poll(
        async () => {
          const response = await fetch(`${server.url}/${token}/symbols`, {
            method: 'POST',
            body: zip,
            signal: AbortSignal.timeout(500),
          }).catch(() => undefined)
          return [
            response?.status,
            response?.headers.get('retry-after'),
            (await response?.text())?.includes('limits.concurrent_uploads: 1 at once'),
          ]
        },
        { timeout: 25_000 },
      )
      .toEqual([429, '10', true])
    for (const sent of hanging) sent.destroy()
    await expect
      .poll(async () => (await post(`${server.url}/${token}/symbols`, zip)).status, {
        timeout: 25_000,
      })
      .toBe(200)
  })
})

describe('a body', () => {
  it('is taken with Expect: gzip, with Expect: 100-continue, and chunked', async () => {
    const { server, token } = await uploader()
    const { zip } = build()
    const file = join(tempDir(), 'symbols.zip')
    writeFileSync(file, zip)
    for (const header of ['Expect: gzip', 'Expect: 100-continue', 'Transfer-Encoding: chunked']) {
      const { status } = await curl(
        '-H',
        header,
        '--data-binary',
        `@${file}`,
        `${server.url}/${token}/symbols`,
      )
      expect([header, status]).toEqual([header, 200])
    }
  })
})

it('no token is ever logged', async () => {
  const { server, token } = await uploader({})
  const { guid, zip } = build()
  await post(`${server.url}/${token}/symbols?token=${token}`, zip)
  await post(`${server.url}/universe/${token}/symbols&tag=1`, zip)
  await post(`${server.url}/api/post?token=${token}`, zip)
  await fetch(`${server.url}/t/${token}/app.pdb/${guid}a/app.pdb`)
  const log = JSON.stringify(server.log())
  expect(log).toContain('"package published"')
  expect(log).not.toContain(token)
})

function hugeFile(): string {
  const file = join(tempDir(), 'huge')
  writeFileSync(file, Buffer.alloc(3 << 20))
  return file
}
