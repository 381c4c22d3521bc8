import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { freePort } from '../helpers/free-port.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { startPeer } from '../helpers/peers/start-peer.ts'
import { createToken, startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { findTools } from '../oracles/find-tools.ts'

const nginx = findTools('nginx')
const CONF = fileURLToPath(new URL('../../docker/nginx.conf', import.meta.url))
const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1, size: 3_000_000 })
const PDB = `/app+1.pdb/${GUID}1/app+1.pdb`

/** nginx with the example's configuration, in front of a server; gives its address and its log. */
async function startProxy(backend: string): Promise<{ url: string; log: () => string }> {
  const folder = tempDir()
  const port = await freePort()
  mkdirSync(join(folder, 'tmp'))
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/tmp/${kind};`)
    .join(' ')
  const conf = readFileSync(CONF, 'utf8')
    .replace('server symgate:8080;', `server ${new URL(backend).host};`)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('/var/log/nginx/access.log', join(folder, 'access.log'))
    .replace('http {', `http { ${temps}`)
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, `user root; daemon off; pid ${folder}/pid; error_log stderr crit;\n${conf}`)
  execFileSync('nginx', ['-t', '-q', '-c', file])
  await startPeer('nginx', ['-c', file], port)
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => readFileSync(join(folder, 'access.log'), 'utf8'),
  }
}

describe.skipIf(nginx === undefined)('behind the nginx of the example', () => {
  it('everything comes through as it was sent, and the log holds no token', async () => {
    const server = await startServer({
      config: {
        trusted_proxies: ['127.0.0.1'],
        access: { anonymous_from: ['192.0.2.0/24', '127.0.0.1'] },
      },
    })
    const upload = await createToken(server, 'upload')
    const download = await createToken(server, 'download')
    const { url, log } = await startProxy(server.url)
    const file = join(tempDir(), 'app+1.pdb')
    writeFileSync(file, pdb)
    const chunked = ['-H', 'Transfer-Encoding: chunked', '-X', 'POST', '-T', file]
    for (const headers of [[], ['-H', 'Expect: gzip']]) {
      const sent = await curl(
        ...chunked,
        ...headers,
        `${url}/${upload}/symbols?upload_file=app%2B1.pdb`,
      )
      expect([sent.status, JSON.parse(sent.body.toString()).response]).toEqual([200, 'ok'])
    }
    for (const path of [
      PDB,
      `//symbols//${PDB.slice(1).replaceAll('/', '//')}`,
      PDB.replaceAll('/', '%2F').replace('%2F', '/'),
      PDB.replaceAll('+', '%2B'),
      `/t/${download}${PDB}`,
    ]) {
      const { status, body } = await curl('--path-as-is', url + path)
      expect([path, status, body.equals(pdb)]).toEqual([path, 200, true])
    }
    const part = await curl('-r', '10-19', url + PDB)
    expect([part.status, part.body.equals(pdb.subarray(10, 20))]).toEqual([206, true])
    expect((await curl(`${url}/metrics`)).status).toBe(404)
    expect((await curl(`${url}/readyz`)).status).toBe(404)
    expect((await curl(`${url}/${'x'.repeat(100_000)}`)).status).toBe(404)
    const from = (address: string): string[] => ['-H', `X-Forwarded-For: ${address}`]
    expect((await curl(...from('192.0.2.7'), url + PDB)).status).toBe(200)
    expect((await curl(...from('198.51.100.7'), url + PDB)).status).toBe(401)
    for (const token of [upload, download]) expect(log()).not.toContain(token)
    expect(log()).toContain('/***/symbols')
  })
})
