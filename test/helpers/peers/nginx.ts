import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { tempDir } from '../temp-dir.ts'
import type { Certificates } from './certificates.ts'
import { startPeer } from './start-peer.ts'

interface NginxOptions {
  /** Who may come in, by Basic authentication. */
  readonly user?: { readonly username: string; readonly password: string }
  readonly tls?: Certificates
  /** Further directives of the server. */
  readonly more?: string
}

/** Starts nginx over a folder until the current test has finished; gives its address. */
export async function startNginx(root: string, options: NginxOptions = {}): Promise<string> {
  const { user, tls, more = '' } = options
  const dir = tempDir()
  const port = await freePort()
  const temp = join(dir, 'tmp')
  mkdirSync(temp)
  if (user !== undefined) {
    const hash = execFileSync('openssl', ['passwd', '-apr1', user.password], { encoding: 'utf8' })
    writeFileSync(join(dir, 'users'), `${user.username}:${hash}`)
  }
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${temp}/${kind};`)
    .join(' ')
  writeFileSync(
    join(dir, 'nginx.conf'),
    `user root; worker_processes 1; daemon off; pid ${dir}/pid; error_log stderr crit;
     events { worker_connections 256; }
     http {
       access_log off; ${temps}
       types {} default_type application/octet-stream;
       server {
         listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'}; root ${root};
         ${tls === undefined ? '' : `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`}
         ${user === undefined ? '' : `auth_basic symbols; auth_basic_user_file ${dir}/users;`}
         ${more}
       }
     }`,
  )
  await startPeer('nginx', ['-c', join(dir, 'nginx.conf')], port)
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
}
