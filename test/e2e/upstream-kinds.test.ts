import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeCertificates } from '../helpers/peers/certificates.ts'
import { missingTools } from '../helpers/peers/missing-tools.ts'
import { startNginx } from '../helpers/peers/nginx.ts'
import { startTinyproxy } from '../helpers/peers/tinyproxy.ts'
import { openS3Server } from '../helpers/s3-server.ts'
import { startServer, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = `App.pdb/${GUID}a/App.pdb`
const pdb = makePdb({ guid: GUID, age: 10, size: 500_000, fill: true })
const s3 = await openS3Server()
const canProxy = missingTools('a whole way through proxies', 'nginx', 'openssl', 'tinyproxy')

function write(root: string, path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), bytes)
}

async function get(server: RunningServer, path: string) {
  const answer = await fetch(`${server.url}/${path}`)
  const body = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, body, miss: answer.headers.get('x-symgate-miss') }
}

describe('a configured upstream', () => {
  it('may be a SymStore in a folder: two tiers, any case, pointers', async () => {
    const root = tempDir()
    const drop = tempDir()
    write(root, 'index2.txt', '')
    write(root, `ap/app.pdb/${GUID.toLowerCase()}A/APP.PDB`, pdb)
    const pointed = makePdb({ guid: GUID.replace(/^4/, '5'), age: 1 })
    const other = `lib.pdb/${GUID.replace(/^4/, '5')}1`
    write(root, `li/${other}/file.ptr`, String.raw`\\builds\drop\x64\lib.pdb`)
    write(drop, 'X64/lib.pdb', pointed)
    const pointer_roots = [{ prefix: String.raw`\\builds\drop`, path: drop }]
    const upstream = { name: 'share', type: 'directory', path: root, pointer_roots }
    const server = await startServer({ config: { upstreams: [upstream] } })
    expect(await get(server, PATH)).toMatchObject({ status: 200, body: pdb })
    expect(await get(server, `${other}/lib.pdb`)).toMatchObject({ status: 200, body: pointed })
    expect(await get(server, `App.pdb/${GUID.replace(/B$/, 'C')}1/App.pdb`)).toMatchObject({
      status: 404,
      miss: 'absent',
    })
  })

  it.runIf(s3 !== undefined)('may be a bucket of which all is lower case', async () => {
    if (s3 === undefined) return
    const Bucket = await s3.bucket()
    await s3.client.send(
      new PutObjectCommand({
        Bucket,
        Key: `sym/${PATH.toLowerCase()}`,
        Body: gzipSync(pdb),
        ContentEncoding: 'gzip',
      }),
    )
    const { accessKeyId, secretAccessKey, region, endpoint: url } = s3
    const keys = { access_key_id: accessKeyId, secret_access_key: secretAccessKey }
    const upstream = { name: 'bucket', type: 's3', url, prefix: '/sym/', force_path_style: true }
    const credentials = { ...keys, region, bucket: Bucket }
    const server = await startServer({ config: { upstreams: [{ ...upstream, credentials }] } })
    expect(await get(server, PATH)).toMatchObject({ status: 200, body: pdb })
    const wrong = { ...credentials, secret_access_key: 'wrong' }
    const other = await startServer({
      config: { upstreams: [{ ...upstream, credentials: wrong }] },
    })
    expect(await get(other, PATH)).toMatchObject({ status: 404, miss: 'trouble' })
    const logged = JSON.stringify(other.log())
    expect(logged).toContain('SignatureDoesNotMatch')
    expect(logged).not.toContain(secretAccessKey)
  })

  it.runIf(canProxy.length === 0)('may stand behind a proxy, TLS and a password', async () => {
    const user = { username: 'me', password: 'p:ä' }
    const root = tempDir()
    write(root, PATH, pdb)
    const tls = makeCertificates('IP:127.0.0.1')
    const url = await startNginx(root, { tls, user })
    const proxy = await startTinyproxy({ username: 'proxied', password: 'secret' })
    const upstream = {
      name: 'far',
      url,
      ca_file: tls.ca,
      credentials: user,
      proxy: { url: proxy.url, username: 'proxied', password: 'secret' },
    }
    const server = await startServer({ config: { upstreams: [upstream] } })
    expect(await get(server, PATH)).toMatchObject({ status: 200, body: pdb })
    expect(proxy.requests()[0]).toMatch(/^CONNECT 127\.0\.0\.1:\d+ /)
  })
})
