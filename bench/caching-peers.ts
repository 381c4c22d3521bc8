import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../test/helpers/free-port.ts'
import type { Peer } from './start-nginx.ts'

/** nginx with `proxy_cache` before an upstream, one fetch at a time for each file. */
export async function startCachingNginx(upstream: string, folder: string): Promise<Peer> {
  const port = await freePort()
  const dir = join(folder, 'caching-nginx')
  mkdirSync(join(dir, 'tmp'), { recursive: true })
  const temps = ['client_body', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${dir}/tmp/${kind};`)
    .join(' ')
  writeFileSync(
    join(dir, 'conf'),
    `user root; worker_processes 1; daemon off; pid ${dir}/pid; error_log stderr crit;
     events { worker_connections 1024; }
     http {
       access_log off; sendfile on; tcp_nodelay on; keepalive_requests 10000000; ${temps}
       proxy_temp_path ${dir}/tmp/proxy;
       proxy_cache_path ${dir}/cache keys_zone=symbols:64m max_size=50g inactive=90d use_temp_path=off;
       server {
         listen 127.0.0.1:${port};
         location / {
           proxy_pass ${upstream}; proxy_http_version 1.1; proxy_set_header Connection "";
           proxy_cache symbols; proxy_cache_valid 200 365d; proxy_cache_valid 404 1h;
           proxy_cache_lock on; proxy_cache_lock_timeout 1h; proxy_cache_lock_age 1h;
         }
       }
     }`,
  )
  return await start('nginx', ['-c', join(dir, 'conf')], port)
}

/** squid in front of an upstream, as an accelerator that remembers what was not found. */
export async function startCachingSquid(upstream: string, folder: string): Promise<Peer> {
  const port = await freePort()
  const dir = join(folder, 'squid')
  mkdirSync(join(dir, 'cache'), { recursive: true })
  // squid gives up root for its own user.
  for (const each of [folder, dir, join(dir, 'cache')]) chmodSync(each, 0o777)
  const conf = join(dir, 'conf')
  writeFileSync(
    conf,
    `http_port 127.0.0.1:${port} accel defaultsite=127.0.0.1 no-vhost
cache_peer 127.0.0.1 parent ${new URL(upstream).port} 0 no-query originserver name=upstream
cache_peer_access upstream allow all
http_access allow all
never_direct allow all
cache_dir ufs ${dir}/cache 20000 16 256
maximum_object_size 2 GB
cache_mem 64 MB
collapsed_forwarding on
negative_ttl 1 hour
access_log none
cache_log ${dir}/cache.log
pid_filename ${dir}/pid
coredump_dir ${dir}
shutdown_lifetime 1 seconds
`,
  )
  execFileSync('squid', ['-N', '-z', '-f', conf], { stdio: 'ignore' })
  return await start('squid', ['-N', '-f', conf], port)
}

async function start(program: string, args: readonly string[], port: number): Promise<Peer> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
    await setTimeout(50)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
