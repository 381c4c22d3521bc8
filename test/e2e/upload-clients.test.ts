import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { curl } from '../helpers/curl.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { noise } from '../helpers/noise.ts'
import { createToken, startServer } from '../helpers/server.ts'
import { canMount, smallDisk } from '../helpers/small-disk.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 10 })
const SYM_KEY = `App.pdb/${GUID}a/App.sym`
const sym = Buffer.from(`MODULE windows x86_64 ${GUID}a App.pdb\nFILE 0 a.c\nPUBLIC 1000 0 main\n`)

async function setUp(config: object = {}) {
  const server = await startServer({ config })
  return { server, token: await createToken(server, 'upload') }
}

const parsed = ({ body }: { body: Buffer }) => JSON.parse(body.toString())

describe('Backtrace’s curl lines', () => {
  it('are understood as they are documented', async () => {
    const { server, token } = await setUp()
    const folder = tempDir()
    const file = (name: string, content: Buffer): string => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const tar = file('symbols.tar', makeTar([{ name: 'App.pdb', data: pdb }]))
    const zip = file('symbols.zip', makeZip([{ name: 'App.pdb', data: pdb }]))
    const single = file('App.pdb', pdb)
    const packed = file('App.pdb.gz', gzipSync(pdb))
    const { url } = server
    const lines: [string, string[]][] = [
      ['anon', ['--data-binary', `@${tar}`, '-X', 'POST', `${url}/universe/${token}/symbols`]],
      [
        '1.0',
        [
          '--data-binary',
          `@${tar}`,
          '-H',
          'Expect: gzip',
          '-X',
          'POST',
          `${url}/universe/${token}/symbols?tag=1.0`,
        ],
      ],
      ['1.1', ['--data-binary', `@${zip}`, `${url}/${token}/symbols&tag=1.1`]],
      ['1.2', ['-F', `upload_file=@${zip}`, '-F', 'tag=1.2', `${url}/${token}/symbols`]],
      ['1.3', ['--data-binary', `@${tar}`, `${url}/post?format=symbols&token=${token}&tag=1.3`]],
      [
        '1.4',
        [
          '--data-binary',
          `@${zip}`,
          `${url}/api/post?token=${token}&universe=1&project=p&format=symbols&tag=1.4`,
        ],
      ],
      [
        '1.5',
        ['--data-binary', `@${single}`, `${url}/${token}/symbols?upload_file=App.pdb&tag=1.5`],
      ],
      [
        '1.6',
        [
          '-H',
          'Content-Encoding: gzip',
          '--data-binary',
          `@${packed}`,
          `${url}/${token}/symbols?upload_file=App.pdb&tag=1.6`,
        ],
      ],
      [
        '1.7',
        [
          '-H',
          'Content-Encoding: gzip',
          '--data-binary',
          `@${single}`,
          `${url}/${token}/symbols?upload_file=App.pdb&tag=1.7`,
        ],
      ],
      ['1.8', ['-T', zip, '-u', `any:${token}`, `${url}/api/v1/uploads?tag=1.8`]],
    ]
    for (const [tag, line] of lines) {
      const answer = await curl(...line)
      expect([tag, answer.status, parsed(answer).response]).toEqual([tag, 200, 'ok'])
      const { upload } = parsed(answer)
      expect([upload.tag, upload.stored + upload.duplicates]).toEqual([tag, 1])
    }
  })

  it('say which kind of token is needed', async () => {
    const { server, token } = await setUp()
    const download = await createToken(server, 'download')
    const post = async (path: string) => {
      const answer = await curl('--data-binary', 'x', `${server.url}${path}`)
      return [answer.status, parsed(answer).response, parsed(answer).error.message]
    }
    expect(await post(`/${download}/symbols`)).toEqual([
      403,
      'error',
      'invalid token: its scope is download, an upload needs scope upload',
    ])
    expect(await post(`/${server.adminToken}/symbols`)).toEqual([
      403,
      'error',
      'invalid token: an admin token is not taken from a URL, an upload needs scope upload',
    ])
    expect(await post(`/${token.replace(/.$/, token.endsWith('a') ? 'b' : 'a')}/symbols`)).toEqual([
      403,
      'error',
      'invalid token: it is unknown; an upload needs one of scope upload',
    ])
    expect(await post('/post?format=symbols')).toEqual([
      401,
      'error',
      expect.stringContaining('an upload needs a token of scope upload'),
    ])
  })
})

describe('Breakpad', () => {
  it('symupload v1 is a form with the file and what it is', async () => {
    const { server, token } = await setUp()
    const boundary = '------------------------d74496d66958873e'
    const part = (name: string, value: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const body = Buffer.concat([
      Buffer.from(
        [
          part('code_file', 'App.exe'),
          part('cpu', 'x86_64'),
          part('debug_file', 'App.pdb'),
          part('debug_identifier', `${GUID}a`),
          part('os', 'windows'),
          part('version', '7.1'),
          `--${boundary}\r\nContent-Disposition: form-data; name="symbol_file"; filename="/tmp/x/App.sym"\r\n`,
          'Content-Type: application/octet-stream\r\n\r\n',
        ].join(''),
      ),
      sym,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ])
    const response = await fetch(`${server.url}/${token}/symbols`, {
      method: 'POST',
      body,
      headers: {
        'user-agent': 'Breakpad/1.0 (Linux)',
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
    })
    expect(response.status).toBe(200)
    const { json } = await apiGet(server, '/uploads')
    expect(json.items).toMatchObject([{ stored: 1, version: '7.1', verdict: 'good' }])
    expect((await curl(`${server.url}/${SYM_KEY}`)).body).toEqual(sym)
  })

  it('sym-upload v2 asks, announces, sends and completes', async () => {
    const { server, token } = await setUp()
    const { url } = server
    const agent = ['-A', 'Breakpad/1.0 (Linux)']
    const status = `${url}/v1/symbols/App.pdb/${GUID}a:checkStatus?key=${token}`
    const first = await curl(...agent, status)
    // The client reads answers by a pattern with a space behind the colon.
    expect([first.status, first.body.toString()]).toEqual([200, '{\n "status": "MISSING"\n}\n'])

    const complete = (key: string) =>
      curl(
        ...agent,
        '-H',
        'Content-Type: application/son',
        '--data-binary',
        `{ symbol_id: {debug_file: "App.pdb", debug_id: "${GUID}a" }, symbol_upload_type: "BREAKPAD" }`,
        `${url}/v1/uploads/${key}:complete?key=${token}`,
      )
    const file = join(tempDir(), 'App.sym')
    writeFileSync(file, sym)
    for (const result of ['OK', 'DUPLICATE_DATA']) {
      const created = await curl(
        ...agent,
        '-X',
        'POST',
        '-H',
        'Content-Length: 0',
        `${url}/v1/uploads:create?key=${token}`,
      )
      expect(created.body.toString()).toMatch(
        /"uploadUrl": "http.*",\n "uploadKey": "[a-z2-7]{40}"/,
      )
      const { uploadUrl, uploadKey } = parsed(created)
      const early = await complete(uploadKey)
      expect([early.status, parsed(early).error.code]).toEqual([400, 'request_invalid'])
      const sent = await curl(...agent, '-T', file, '-H', 'Transfer-Encoding: chunked', uploadUrl)
      expect(sent.status).toBe(200)
      const done = await complete(uploadKey)
      expect([done.status, done.body.toString()]).toEqual([200, `{\n "result": "${result}"\n}\n`])
      const again = await complete(uploadKey)
      expect([again.status, parsed(again).error.code]).toEqual([404, 'not_found'])
    }
    expect((await curl(...agent, status)).body.toString()).toContain('"status": "FOUND"')
    expect((await curl(`${url}/${SYM_KEY}`)).body).toEqual(sym)
    const { json } = await apiGet(server, '/uploads')
    expect(json.items.map(({ duplicates }: { duplicates: number }) => duplicates)).toEqual([1, 0])
    expect(listFiles(join(server.data, 'symbols/.symgate/staging'))).toEqual([])
    expect(JSON.stringify(server.log())).not.toContain(token)
  })

  it('sym-upload v2 names other files as the client does, and refuses strangers', async () => {
    const { server, token } = await setUp({ public_url: 'http://symbols.example.com' })
    const { url } = server
    const other = await createToken(server, 'upload')
    const created = await fetch(`${url}/v1/uploads:create?key=${token}`, { method: 'POST' })
    const { uploadUrl, uploadKey } = JSON.parse(await created.text())
    expect(uploadUrl).toBe(`http://symbols.example.com/v1/uploads/${uploadKey}`)
    expect(
      (await fetch(`${url}/v1/uploads/${uploadKey}`, { method: 'PUT', body: pdb })).status,
    ).toBe(200)
    const complete = (key: string) =>
      fetch(`${url}/v1/uploads/${uploadKey}:complete?key=${key}`, {
        method: 'POST',
        body: '{ symbol_id: {debug_file: "App.pdb", debug_id: "1" }, symbol_upload_type: "PDB" }',
      })
    expect((await complete(other)).status).toBe(404)
    expect((await complete(token)).status).toBe(200)
    expect((await fetch(`${url}/App.pdb/${GUID}a/App.pdb`)).status).toBe(200)
    for (const target of ['symbols/a.pdb/1:checkStatus', 'uploads:create']) {
      const method = target.startsWith('uploads') ? 'POST' : 'GET'
      expect((await fetch(`${url}/v1/${target}`, { method })).status).toBe(401)
      expect((await fetch(`${url}/v1/${target}?key=nothing`, { method })).status).toBe(403)
    }
    const nowhere = await fetch(`${url}/v1/uploads/${'a'.repeat(40)}`, { method: 'PUT', body: pdb })
    expect(nowhere.status).toBe(404)
  })
})

it.skipIf(!canMount)(
  'a full disk is told as 507 and leaves nothing; the next try succeeds',
  async () => {
    const disk = smallDisk(8).path
    const { server, token } = await setUp({
      store: { path: join(disk, 'symbols') },
      // Else the reserve refuses the upload before the disk can.
      limits: { min_free_space: 0 },
    })
    const large = Buffer.concat([pdb, noise(12 << 20)])
    for (const body of [
      makeTar([{ name: 'App.pdb', data: makePdb({ guid: GUID, age: 1, size: 12 << 20 }) }]),
      makeZip([{ name: 'App.pdb', data: large }]),
    ]) {
      const full = await fetch(`${server.url}/${token}/symbols?tag=full`, { method: 'POST', body })
      expect([full.status, JSON.parse(await full.text()).error.code]).toEqual([507, 'disk_full'])
      expect(listFiles(join(disk, 'symbols'))).toEqual([])
    }
    const { json } = await apiGet(server, '/uploads?tag=full')
    expect(json.items.map(({ error }: { error: { code: string } }) => error.code)).toEqual([
      'disk_full',
      'disk_full',
    ])
    const next = await fetch(`${server.url}/${token}/symbols`, {
      method: 'POST',
      body: makeZip([{ name: 'App.pdb', data: pdb }]),
    })
    expect(next.status).toBe(200)
  },
)
