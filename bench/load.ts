import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeSparsePdb } from '../test/helpers/make-pdb.ts'
import { startSymgate } from './start-symgate.ts'

const MIB = 1 << 20
const DOWNLOADS = 64
const LARGE_BYTES = 256 * MIB
const SMALL_BYTES = 16 << 10
const SECONDS = 8
const PAUSE_MS = 10

/** How long a small hit takes while large downloads run: median and 99th percentile, and the server's memory. */
export async function benchLoad(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'symgate-bench-'))
  try {
    const data = join(folder, 'data')
    const [large, small] = await Promise.all([
      makeFile(join(data, 'symbols'), 1, LARGE_BYTES),
      makeFile(join(data, 'symbols'), 2, SMALL_BYTES),
    ])
    // Without an index the start makes one.
    const symgate = await startSymgate(data)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while ((await statusOf(symgate.url + small, agent)) !== 200) await sleep(100)
    console.log(`load: a hit of ${SMALL_BYTES >> 10} KiB    p50        p99        memory`)
    await report('alone', symgate.url + small, agent, symgate.pid)
    const wrk = spawn(
      'wrk',
      ['-t', '1', '-c', `${DOWNLOADS}`, '-d', `${SECONDS + 4}s`, symgate.url + large],
      { stdio: 'ignore' },
    )
    const ended = new Promise((resolve) => wrk.once('exit', resolve))
    wrk.once('error', () => console.error('this benchmark needs wrk: apt-get install wrk'))
    await sleep(1000)
    await report(`${DOWNLOADS} large downloads`, symgate.url + small, agent, symgate.pid)
    wrk.kill()
    await ended
    agent.destroy()
    await symgate.stop()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function report(label: string, url: string, agent: Agent, pid: number): Promise<void> {
  const times: number[] = []
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end) {
    const start = performance.now()
    await statusOf(url, agent)
    times.push(performance.now() - start)
    await sleep(PAUSE_MS)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string =>
    `${(times[Math.floor(times.length * share)] ?? 0).toFixed(1)} ms`.padStart(9)
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  const memory = `${Math.round(Number(kilobytes) / 1024)} MiB`
  console.log([label.padEnd(22), at(0.5), at(0.99), memory.padStart(9)].join('  '))
}

function statusOf(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode))
      response.once('error', reject)
    })
    request.once('error', reject)
  })
}

async function makeFile(root: string, age: number, size: number): Promise<string> {
  const guid = '497B72F6390A44FC878E5A2D63B6CC4B'
  const folder = join(root, 'load.pdb', `${guid}${age}`)
  mkdirSync(folder, { recursive: true })
  await writeSparsePdb(join(folder, 'load.pdb'), { guid, age, size, fill: true })
  return `/load.pdb/${guid}${age}/load.pdb`
}
