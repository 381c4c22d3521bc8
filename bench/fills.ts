import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCachingNginx, startCachingSquid } from './caching-peers.ts'
import { runWrk } from './run-wrk.ts'
import type { Peer } from './start-nginx.ts'
import { startSymgate } from './start-symgate.ts'

/** Cold files: how large, and how many of them for the median. */
const SIZES = [
  { mebibytes: 1, rounds: 7 },
  { mebibytes: 64, rounds: 3 },
  { mebibytes: 512, rounds: 1 },
] as const

const CLIENTS = 64
const SHARED_MEBIBYTES = 64
const MISSES = 10_000
const SECONDS = 4

/** One download, in milliseconds. */
interface Download {
  readonly firstByteMs: number
  readonly totalMs: number
  readonly status: number
}

/**
 * Fills from an upstream of 20 ms and 50 MB/s: symgate beside nginx with `proxy_cache` and `proxy_cache_lock`, beside
 * squid, and beside the upstream asked directly, in one run.
 */
export async function benchFills(): Promise<void> {
  for (const tool of ['nginx', 'squid', 'wrk'])
    if (spawnSync(tool, ['-v']).error !== undefined)
      throw new Error(`this benchmark needs ${tool}: apt-get install ${tool}`)
  const folder = mkdtempSync(join(tmpdir(), 'symgate-bench-'))
  const upstream = await startSlowUpstream()
  const data = join(folder, 'data')
  mkdirSync(data)
  const peers = {
    symgate: await startSymgate(data, [
      'presets: off',
      `upstreams: [{ name: slow, url: "${upstream.url}", concurrency: 64 }]`,
    ]),
    nginx: await startCachingNginx(upstream.url, folder),
    squid: await startCachingSquid(upstream.url, folder),
  }
  try {
    const all = Object.entries({ direct: upstream, ...peers })
    console.log('cold file        ' + all.map(([name]) => name.padStart(22)).join(''))
    for (const { mebibytes, rounds } of SIZES) await reportCold(mebibytes, rounds, all)
    for (const [name, peer] of Object.entries(peers)) await reportShared(name, peer, upstream)
    for (const [name, peer] of Object.entries(peers)) await reportMisses(name, peer, folder)
  } finally {
    for (const peer of [...Object.values(peers), upstream]) await peer.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function reportCold(
  mebibytes: number,
  rounds: number,
  peers: readonly (readonly [string, Peer])[],
): Promise<void> {
  const cells: string[] = []
  for (const [, peer] of peers) {
    const downloads: Download[] = []
    for (let round = 0; round < rounds; round++)
      downloads.push(await download(peer.url + coldPath(mebibytes)))
    const first = median(downloads.map(({ firstByteMs }) => firstByteMs))
    const total = median(downloads.map(({ totalMs }) => totalMs))
    cells.push(`${first.toFixed(0)} / ${total.toFixed(0)} ms`.padStart(22))
  }
  console.log(`${mebibytes} MiB`.padEnd(17) + cells.join(''))
}

async function reportShared(name: string, peer: Peer, upstream: Peer): Promise<void> {
  await requestsOf(upstream)
  const url = peer.url + coldPath(SHARED_MEBIBYTES)
  const downloads = await Promise.all(Array.from({ length: CLIENTS }, () => download(url)))
  const asked = await requestsOf(upstream)
  const first = median(downloads.map(({ firstByteMs }) => firstByteMs))
  const last = Math.max(...downloads.map(({ totalMs }) => totalMs))
  console.log(
    `${CLIENTS} clients, one cold ${SHARED_MEBIBYTES} MiB file, ${name}: first byte ${first.toFixed(0)} ms (median), ` +
      `all done ${last.toFixed(0)} ms, ${asked} requests upstream`,
  )
}

async function reportMisses(name: string, peer: Peer, folder: string): Promise<void> {
  const paths = Array.from({ length: MISSES }, () => {
    const guid = randomBytes(16).toString('hex').toUpperCase()
    return `/absent.pdb/${guid}1/absent.pdb`
  })
  const queue = paths.values()
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const lane = async (): Promise<void> => {
    for (const path of queue) {
      const { status } = await download(peer.url + path, agent)
      if (status !== 404) throw new Error(`${name} answers ${status} to ${path}`)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, lane))
  agent.destroy()
  const load = { paths, absent: true, connections: 16, seconds: SECONDS, folder }
  const { requestsPerSecond } = await runWrk(peer, load)
  console.log(`${MISSES} remembered misses, ${name}: ${requestsPerSecond.toFixed(0)} requests/s`)
}

function coldPath(mebibytes: number): string {
  const guid = randomBytes(16).toString('hex').toUpperCase()
  return `/${mebibytes}.pdb/${guid}1/${mebibytes}.pdb`
}

function download(url: string, agent?: Agent): Promise<Download> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    get(url, agent === undefined ? {} : { agent }, (response) => {
      let firstByteMs: number | undefined
      response.on('data', () => (firstByteMs ??= performance.now() - start))
      response.on('error', reject)
      response.on('end', () => {
        const totalMs = performance.now() - start
        const status = response.statusCode ?? 0
        resolve({ firstByteMs: firstByteMs ?? totalMs, totalMs, status })
      })
    }).on('error', reject)
  })
}

async function requestsOf(upstream: Peer): Promise<number> {
  return Number(await (await fetch(`${upstream.url}/requests`)).text())
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

async function startSlowUpstream(): Promise<Peer> {
  const script = fileURLToPath(new URL('slow-upstream.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim())),
  )
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    },
  }
}
