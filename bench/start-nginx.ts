import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../test/helpers/free-port.ts'

/** The two ways in which nginx sends files; which is faster depends on size and machine. */
export const NGINX_VARIANTS = {
  sendfile: 'sendfile on; tcp_nopush on;',
  buffers: 'sendfile off; output_buffers 2 1m;',
} as const

/** A peer server under measurement. */
export interface Peer {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Starts nginx with one worker over a folder. */
export async function startNginx(
  root: string,
  variant: keyof typeof NGINX_VARIANTS,
  folder: string,
): Promise<Peer> {
  const port = await freePort()
  mkdirSync(join(folder, 'tmp'), { recursive: true })
  const conf = join(folder, `${variant}.conf`)
  const pidFile = join(folder, `${variant}.pid`)
  writeFileSync(
    conf,
    `user root; worker_processes 1; daemon off; pid ${pidFile}; error_log stderr crit;
     events { worker_connections 1024; }
     http {
       access_log off; ${NGINX_VARIANTS[variant]} tcp_nodelay on; keepalive_requests 10000000;
       types {} default_type application/octet-stream;
       client_body_temp_path ${folder}/tmp; proxy_temp_path ${folder}/tmp; fastcgi_temp_path ${folder}/tmp; uwsgi_temp_path ${folder}/tmp; scgi_temp_path ${folder}/tmp;
       server { listen 127.0.0.1:${port}; root ${root}; }
     }`,
  )
  const child = spawn('nginx', ['-c', conf], { stdio: ['ignore', 'ignore', 'inherit'] })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const master = Number(readFileSync(pidFile, 'utf8'))
  const worker = Number(
    execFileSync('pgrep', ['-P', String(master)], { encoding: 'utf8' })
      .trim()
      .split('\n')[0],
  )
  return {
    url: `http://127.0.0.1:${port}`,
    pid: worker,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}
