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

/** Makes a certificate as docs/operations.md says, for symbols.example.com. */
function makeCertificate(folder: string): string {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
  const command = /^openssl req .*$/m.exec(page)?.[0] ?? ''
  mkdirSync(join(folder, 'docker/certificates'), { recursive: true })
  execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'ignore' })
  return join(folder, 'docker/certificates')
}

interface Proxy {
  /** Over http. */
  readonly url: string
  /** Over https, under the certificate's name. */
  readonly secureUrl: string
  /** What has curl find that name here, and believe the certificate. */
  readonly trust: readonly string[]
  readonly log: () => string
}

/** nginx with the example's configuration, changed by `edit`, in front of a server. */
async function startProxy(
  backend: string,
  edit: (conf: string) => string = (conf) => conf,
): Promise<Proxy> {
  const folder = tempDir()
  const port = await freePort()
  const securePort = await freePort()
  const certificates = makeCertificate(folder)
  mkdirSync(join(folder, 'tmp'))
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/tmp/${kind};`)
    .join(' ')
  const conf = edit(readFileSync(CONF, 'utf8'))
    .replace('server symgate:8080;', `server ${new URL(backend).host};`)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${securePort} ssl;`)
    .replaceAll('/etc/nginx/certificates', certificates)
    .replace('/var/log/nginx/access.log', join(folder, 'access.log'))
    .replace('http {', `http { ${temps}`)
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, `user root; daemon off; pid ${folder}/pid; error_log stderr crit;\n${conf}`)
  execFileSync('nginx', ['-t', '-q', '-c', file])
  await startPeer('nginx', ['-c', file], port)
  const name = `symbols.example.com:${securePort}`
  return {
    url: `http://127.0.0.1:${port}`,
    secureUrl: `https://${name}`,
    trust: ['--cacert', join(certificates, 'symgate.crt'), '--resolve', `${name}:127.0.0.1`],
    log: () => readFileSync(join(folder, 'access.log'), 'utf8'),
  }
}

describe.skipIf(nginx === undefined)('behind the nginx of the example', () => {
  it('everything comes through as it was sent, and the log holds no token', async () => {
    const server = await startServer({
      config: {
        trusted_proxies: ['127.0.0.1'],
        access: { anonymous_from: ['127.0.0.1'] },
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
    for (const token of [upload, download]) expect(log()).not.toContain(token)
    expect(log()).toContain('/***/symbols')
  })

  it('http and https give the same, and addresses that lead back the same way', async () => {
    const server = await startServer({ config: { trusted_proxies: ['127.0.0.1'] } })
    const upload = await createToken(server, 'upload')
    const { url, secureUrl, trust } = await startProxy(server.url)
    const file = join(tempDir(), 'app+1.pdb')
    writeFileSync(file, pdb)
    const sent = ['-H', `Authorization: Bearer ${upload}`, '--data-binary', `@${file}`]
    const target = '/api/v1/uploads?upload_file=app%2B1.pdb'
    expect((await curl(...trust, ...sent, secureUrl + target)).status).toBe(200)
    for (const way of [url, secureUrl]) {
      const { status, body } = await curl(...trust, way + PDB)
      expect([way, status, body.equals(pdb)]).toEqual([way, 200, true])
      const created = await curl(...trust, '-X', 'POST', `${way}/v1/uploads:create?key=${upload}`)
      const { uploadUrl } = JSON.parse(created.body.toString()) as { uploadUrl: string }
      expect(uploadUrl.slice(0, way.length + 1)).toBe(`${way}/`)
    }
  })

  it('nobody gets past the list of hosts or of networks by what he says of himself', async () => {
    const server = await startServer({
      config: {
        trusted_proxies: ['127.0.0.1'],
        access: { hosts: ['symbols.example.com'], anonymous_from: ['192.0.2.0/24'] },
      },
    })
    const { url } = await startProxy(server.url)
    const asked = async (host: string, ...more: readonly string[]): Promise<number> =>
      (await curl('-H', `Host: ${host}`, ...more, `${url}/api/v1/tokens`)).status
    expect(await asked('symbols.example.com')).toBe(401)
    expect(await asked('symbols.example.com:8080', '-H', 'X-Forwarded-Host: evil.com')).toBe(401)
    expect(await asked('evil.com')).toBe(421)
    expect(await asked('evil.com', '-H', 'X-Forwarded-Host: symbols.example.com')).toBe(421)
    const target = ['--request-target', 'http://evil.com/api/v1/tokens']
    expect(await asked('symbols.example.com', ...target)).toBe(421)
    const claim = ['-H', 'X-Forwarded-For: 192.0.2.7', '-H', 'Host: symbols.example.com']
    expect((await curl(...claim, url + PDB)).status).toBe(401)
  })

  it('page and API can be kept to https, and symbols stay on both', async () => {
    const server = await startServer({ config: { trusted_proxies: ['127.0.0.1'] } })
    const { url, secureUrl, trust } = await startProxy(server.url, (conf) =>
      conf.replace('# if ($in_the_clear)', 'if ($in_the_clear)'),
    )
    for (const path of ['/ui', '//ui/sign-in', '/api/v1/tokens', '/api/symbold/version']) {
      const { status, headers } = await curl('--path-as-is', url + path)
      expect([path, status, headers.get('location')]).toEqual([
        path,
        308,
        `https://127.0.0.1${path}`,
      ])
    }
    expect((await curl(...trust, `${secureUrl}/api/v1/tokens`)).status).toBe(401)
    for (const way of [url, secureUrl])
      expect((await curl(...trust, way + PDB)).headers.get('x-symgate-miss')).toBe('absent')
  })
})
