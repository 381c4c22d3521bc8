import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { GcsSettings, S3Settings } from '../../src/upstream/upstream-settings.ts'
import { directorySettings } from '../helpers/directory-settings.ts'
import { httpSettings } from '../helpers/http-settings.ts'
import { makeCertificates } from '../helpers/peers/certificates.ts'
import { missingTools } from '../helpers/peers/missing-tools.ts'
import { startNginx } from '../helpers/peers/nginx.ts'
import { startTinyproxy } from '../helpers/peers/tinyproxy.ts'
import { openS3Server, type S3Server } from '../helpers/s3-server.ts'
import { createToken, startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { upstreamContract } from './upstream-contract.ts'

const USER = { username: 'me', password: 'a:b ü' }
const PROXY_USER = { username: 'proxied', password: 'secret' }

/** A folder that holds the files. */
function folder(files: ReadonlyMap<string, Uint8Array>, below = ''): string {
  const root = tempDir()
  for (const [path, bytes] of files) {
    const file = join(root, below, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
  return root
}

upstreamContract('a folder', async (files) => directorySettings(folder(files)))

upstreamContract('a folder of two tiers', async (files) => {
  const tiered = [...files].map(([path, bytes]) => [`${path.slice(0, 2)}/${path}`, bytes] as const)
  return directorySettings(folder(new Map([...tiered, ['index2.txt', Buffer.alloc(0)]])))
})

upstreamContract(
  'another symgate',
  async (files) => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    for (const [path, body] of files) {
      const name = encodeURIComponent(path.split('/')[0] ?? '')
      const url = `${server.url}/${token}/symbols?upload_file=${name}`
      const { status } = await fetch(url, { method: 'POST', body: Buffer.from(body) })
      if (status !== 200) throw new Error(`the upload was answered ${status}`)
    }
    return httpSettings(server.url)
  },
  { storesAnything: false },
)

if (missingTools('nginx as an upstream', 'nginx', 'openssl').length === 0) {
  upstreamContract('nginx over a SymStore', async (files) =>
    httpSettings(`${await startNginx(folder(files, 'base'))}/base`),
  )

  upstreamContract('nginx that wants a password', async (files) =>
    httpSettings(await startNginx(folder(files), { user: USER }), {
      credentials: { kind: 'basic', ...USER },
    }),
  )

  upstreamContract('nginx with TLS by a private authority', async (files) => {
    const tls = makeCertificates('IP:127.0.0.1')
    return httpSettings(await startNginx(folder(files), { tls }), { caFile: tls.ca })
  })

  upstreamContract('nginx that redirects to nginx', async (files) => {
    const target = await startNginx(folder(files))
    const more = `rewrite ^/moved/(.*)$ ${target}/$1 redirect;`
    return httpSettings(`${await startNginx(tempDir(), { more })}/moved`)
  })
}

if (missingTools('upstreams behind a proxy', 'nginx', 'openssl', 'tinyproxy').length === 0) {
  upstreamContract('nginx behind a proxy', async (files) => {
    const proxy = await startTinyproxy(PROXY_USER)
    const url = await startNginx(folder(files), { user: USER })
    return httpSettings(url, {
      proxy: { url: proxy.url, ...PROXY_USER },
      credentials: { kind: 'basic', ...USER },
    })
  })

  upstreamContract('nginx with TLS behind a proxy', async (files) => {
    const proxy = await startTinyproxy(PROXY_USER)
    const tls = makeCertificates('IP:127.0.0.1')
    return httpSettings(await startNginx(folder(files), { tls }), {
      caFile: tls.ca,
      proxy: { url: proxy.url, ...PROXY_USER },
    })
  })
}

const s3 = await openS3Server()
if (s3 !== undefined) {
  upstreamContract('a bucket', (files) => bucketSettings(s3, files))
  upstreamContract('a public bucket', async (files) => ({
    ...(await bucketSettings(s3, files, { isPublic: true })),
    credentials: undefined,
  }))
  upstreamContract('a bucket of GCS by its S3 interface', async (files): Promise<GcsSettings> => {
    const { region: _, forcePathStyle: __, ...bucket } = await bucketSettings(s3, files)
    return { ...bucket, type: 'gcs', endpoint: s3.endpoint }
  })
}

/** A bucket that holds the files below a prefix. */
async function bucketSettings(
  server: S3Server,
  files: ReadonlyMap<string, Uint8Array>,
  { isPublic = false } = {},
): Promise<S3Settings> {
  const { client, endpoint, region, accessKeyId, secretAccessKey } = server
  const Bucket = await server.bucket()
  for (const [path, Body] of files) {
    const ACL = isPublic ? 'public-read' : 'private'
    await client.send(new PutObjectCommand({ Bucket, Key: `sym/bols/${path}`, Body, ACL }))
  }
  const { url: _, ...settings } = httpSettings('http://unused')
  return {
    ...settings,
    type: 's3',
    bucket: Bucket,
    prefix: 'sym/bols',
    region,
    endpoint,
    forcePathStyle: true,
    credentials: { kind: 'keys', accessKeyId, secretAccessKey },
  }
}
