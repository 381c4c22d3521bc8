import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { listFiles } from '../helpers/list-files.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1, size: 3 << 20 })
const PDB_PATH = `/app.pdb/${GUID}1/app.pdb`
const SYM_PATH = `/app.pdb/${GUID}1/app.sym`
const sym = breakpad('first')

const GZIP = ['-H', 'Accept-Encoding: gzip'] as const

function breakpad(word: string): Buffer {
  const lines = Array.from(
    { length: 20_000 },
    (_, line) => `FUNC ${line.toString(16)}0 10 0 ${word}`,
  )
  return Buffer.from(`MODULE windows x86_64 ${GUID}1 app.pdb\n${lines.join('\n')}\n`)
}

async function start(config: object = {}): Promise<RunningServer & { readonly token: string }> {
  const server = await startServer({ config })
  const uploader = { ...server, token: await createToken(server, 'upload') }
  await upload(uploader, sym, 'app.sym')
  await upload(uploader, pdb, 'app.pdb')
  return uploader
}

async function upload(
  server: RunningServer & { readonly token: string },
  body: Buffer,
  name: string,
): Promise<void> {
  const { status } = await fetch(
    `${server.url}/${server.token}/symbols?on_conflict=replace&upload_file=${name}`,
    { method: 'POST', body },
  )
  expect(status).toBe(200)
}

const twins = (server: RunningServer): readonly string[] =>
  listFiles(join(server.data, 'cache/.symgate/derived'))

describe('a Breakpad file', () => {
  it('comes with gzip to whoever accepts it, with length and an ETag of its own, and plain to others', async () => {
    const server = await start()
    const plain = await curl(server.url + SYM_PATH)
    expect(plain.headers.get('content-encoding')).toBeUndefined()
    expect(plain.headers.get('vary')).toBe('Accept-Encoding')
    expect(plain.headers.get('accept-ranges')).toBe('bytes')
    expect(plain.body.equals(sym)).toBe(true)

    const packed = await curl(...GZIP, server.url + SYM_PATH)
    expect(packed.status).toBe(200)
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(packed.headers.get('vary')).toBe('Accept-Encoding')
    expect(packed.headers.get('accept-ranges')).toBeUndefined()
    expect(packed.headers.get('content-length')).toBe(String(packed.body.byteLength))
    expect(packed.body.byteLength).toBeLessThan(sym.byteLength / 4)
    expect(gunzipSync(packed.body).equals(sym)).toBe(true)
    const sha256 = createHash('sha256').update(sym).digest('hex')
    expect(plain.headers.get('etag')).toBe(`"${sha256}"`)
    expect(packed.headers.get('etag')).toBe(`"${sha256}-gzip"`)

    const head = await curl('--head', ...GZIP, server.url + SYM_PATH)
    for (const name of ['etag', 'content-length', 'content-encoding', 'vary'])
      expect([name, head.headers.get(name)]).toEqual([name, packed.headers.get(name)])
    for (const header of ['gzip;q=0', 'br', 'identity, gzip;q=0.5']) {
      const answer = await curl('-H', `Accept-Encoding: ${header}`, server.url + SYM_PATH)
      expect([header, answer.headers.get('content-encoding')]).toEqual([header, undefined])
    }
  })

  it('comes plain in ranges, whatever the client accepts', async () => {
    const server = await start()
    const range = await curl(...GZIP, '--range', '10-99', server.url + SYM_PATH)
    expect([range.status, range.headers.get('content-encoding')]).toEqual([206, undefined])
    expect(range.headers.get('vary')).toBe('Accept-Encoding')
    expect(range.headers.get('etag')).not.toContain('gzip')
    expect(range.body.equals(sym.subarray(10, 100))).toBe(true)
    const packed = await curl(...GZIP, server.url + SYM_PATH)
    const resumed = await curl(
      ...GZIP,
      '--range',
      '10-99',
      '-H',
      `If-Range: ${packed.headers.get('etag')}`,
      server.url + SYM_PATH,
    )
    expect([resumed.status, resumed.body.equals(sym)]).toEqual([200, true])
  })

  it('is 304 for the tag of either form, and says which', async () => {
    const server = await start()
    const etag = String((await curl(server.url + SYM_PATH)).headers.get('etag'))
    const packed = etag.replace(/"$/, '-gzip"')
    for (const [given, answered] of [
      [packed, packed],
      [etag, etag],
      [`${etag}, ${packed}`, packed],
      ['*', packed],
    ] as const) {
      const answer = await curl(...GZIP, '-H', `If-None-Match: ${given}`, server.url + SYM_PATH)
      expect([given, answer.status, answer.headers.get('etag')]).toEqual([given, 304, answered])
      expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    }
    // Nothing had to be made for that.
    expect(twins(server)).toEqual([])
    const unacceptable = await curl('-H', `If-None-Match: ${packed}`, server.url + SYM_PATH)
    expect(unacceptable.status).toBe(200)
  })

  it('has one twin, made once, again when it is lost, and anew for other content', async () => {
    const server = await start()
    const ask = () => curl(...GZIP, server.url + SYM_PATH)
    const answers = await Promise.all(Array.from({ length: 10 }, ask))
    for (const { body } of answers)
      expect(body.equals(answers[0]?.body ?? Buffer.alloc(0))).toBe(true)
    expect(twins(server)).toHaveLength(1)

    rmSync(join(server.data, 'cache/.symgate/derived/gzip'), { recursive: true })
    expect(gunzipSync((await ask()).body).equals(sym)).toBe(true)

    const other = breakpad('second')
    await upload(server, other, 'app.sym')
    expect(gunzipSync((await ask()).body).equals(other)).toBe(true)

    rmSync(join(server.data, 'symbols/app.pdb'), { recursive: true })
    expect((await ask()).status).toBe(404)
  })

  it('arrives plain from an upstream, and has its twin when it is stored', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url !== SYM_PATH) return void response.writeHead(404).end()
      response.end(sym)
    })
    const server = await startServer({
      config: { upstreams: [{ name: 'first', url: upstream.url }] },
    })
    const first = await curl(...GZIP, server.url + SYM_PATH)
    expect(first.headers.get('vary')).toBe('Accept-Encoding')
    expect(first.body.equals(sym)).toBe(true)
    await expect
      .poll(async () =>
        (await curl(...GZIP, server.url + SYM_PATH)).headers.get('content-encoding'),
      )
      .toBe('gzip')
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('serve.http_compression', () => {
  it('none: nothing is compressed, and only PDBs vary, by whether MSFZ is taken', async () => {
    const server = await start({ serve: { http_compression: 'none' } })
    for (const [path, vary] of [
      [SYM_PATH, undefined],
      [PDB_PATH, 'Accept'],
    ] as const) {
      const { headers } = await curl(...GZIP, server.url + path)
      expect([headers.get('content-encoding'), headers.get('vary')]).toEqual([undefined, vary])
    }
  })

  it('text: other files are not compressed and do not vary by coding', async () => {
    const server = await start()
    const { headers, body } = await curl(...GZIP, server.url + PDB_PATH)
    expect([headers.get('content-encoding'), headers.get('vary')]).toEqual([undefined, 'Accept'])
    expect(body.equals(pdb)).toBe(true)
  })

  it('all: other files are compressed while they are sent', async () => {
    const server = await start({ serve: { http_compression: 'all', compressed: true } })
    const plain = await curl(server.url + PDB_PATH)
    expect(plain.headers.get('vary')).toBe('Accept, Accept-Encoding')
    const packed = await curl(...GZIP, server.url + PDB_PATH)
    expect([packed.status, packed.headers.get('content-encoding')]).toEqual([200, 'gzip'])
    expect(packed.headers.get('content-length')).toBeUndefined()
    expect(packed.headers.get('accept-ranges')).toBeUndefined()
    expect(packed.headers.get('etag')).toBe(
      String(plain.headers.get('etag')).replace(/"$/, '-gzip"'),
    )
    expect(gunzipSync(packed.body).equals(pdb)).toBe(true)
    expect((await curl(...GZIP, server.url + PDB_PATH)).body.equals(packed.body)).toBe(true)

    const head = await curl('--head', ...GZIP, server.url + PDB_PATH)
    expect([head.status, head.headers.get('content-encoding')]).toEqual([200, 'gzip'])
    const part = await curl(...GZIP, '--range', '0-9', server.url + PDB_PATH)
    expect([part.status, part.body.equals(pdb.subarray(0, 10))]).toEqual([206, true])
    const same = await curl(
      ...GZIP,
      '-H',
      `If-None-Match: ${plain.headers.get('etag')}`,
      server.url + PDB_PATH,
    )
    expect(same.status).toBe(304)
    const cabinet = await curl(...GZIP, server.url + PDB_PATH.replace(/b$/, '_'))
    expect([cabinet.status, cabinet.headers.get('content-encoding')]).toEqual([200, undefined])
  })

  it('all: a fill is compressed while it arrives, and cut off like a plain one', async () => {
    let broken = false
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-length': pdb.byteLength })
      response.write(pdb.subarray(0, 2 << 20))
      setTimeout(() => (broken ? response.destroy() : response.end(pdb.subarray(2 << 20))), 100)
    })
    const config = {
      serve: { http_compression: 'all' },
      upstreams: [{ name: 'first', url: upstream.url }],
    }
    const whole = await startServer({ config })
    const packed = await curl(...GZIP, whole.url + PDB_PATH)
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(packed.body).equals(pdb)).toBe(true)
    broken = true
    const cut = await curl(...GZIP, (await startServer({ config })).url + PDB_PATH)
    expect([18, 56]).toContain(cut.exit)
  })

  it('all: clients that leave leave nothing open', async () => {
    const server = await start({ serve: { http_compression: 'all' } })
    for (let round = 0; round < 100; round++) {
      const abort = new AbortController()
      const response = await fetch(server.url + PDB_PATH, { signal: abort.signal })
      expect(response.headers.get('content-encoding')).toBe('gzip')
      abort.abort()
    }
    const { headers, body } = await curl(...GZIP, server.url + PDB_PATH)
    expect(headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(body).equals(pdb)).toBe(true)
  })
})
