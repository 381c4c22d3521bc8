import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { BlobTable } from '../src/db/blob-table.ts'
import { openDatabase } from '../src/db/open-database.ts'
import { identityKey } from '../src/symbols/identity.ts'
import { symbolPathOf } from '../test/helpers/symbol-path-of.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import { runWrk, type Measurement } from './run-wrk.ts'
import type { Peer } from './start-nginx.ts'
import { startSymgate } from './start-symgate.ts'

const SECONDS = 6
const CONNECTIONS = 16
const FEW = 1000
const MANY = 1_000_000
const BLOBS = 100
const BLOB_BYTES = 4096

/** What the rate at many identities is to be of that at few, and the bounds of the rest. */
const AIMS = { rate: 0.7, startSeconds: 2 }

const MIB = 1 << 20

interface Result extends Measurement {
  readonly startSeconds: number
  readonly startCpuSeconds: number
  readonly residentBytes: number
}

/**
 * What the size of the index costs: requests over HTTP for uniformly random paths at a thousand and at a
 * million identities, which a hundred blobs answer for; the start, and the memory after the load. Both
 * servers run at the same time and are loaded in turns, so that a busy machine slows both.
 */
export async function benchIndex(): Promise<void> {
  if (spawnSync('wrk', ['-v']).error !== undefined)
    throw new Error('this benchmark needs wrk: apt-get install wrk')
  const folder = mkdtempSync(join(tmpdir(), 'symgate-bench-'))
  try {
    const few = await measured(FEW, folder)
    const many = await measured(MANY, folder)
    const rates = await inTurns([few, many], folder)
    console.log(
      'index             identities         requests/s     CPU/100k           start (CPU)         memory',
    )
    const results = [few, many].map((server, index): Result => {
      const rate = rates[index]
      if (rate === undefined) throw new Error('a server was not measured')
      const { startSeconds, startCpuSeconds } = server
      return { ...rate, startSeconds, startCpuSeconds, residentBytes: residentBytes(server.pid) }
    })
    for (const [index, result] of results.entries()) report([FEW, MANY][index] ?? 0, result)
    const [first, second] = results
    const ratio = (second?.requestsPerSecond ?? 0) / (first?.requestsPerSecond ?? 1)
    console.log(
      `${' '.repeat(18)}rate × ${ratio.toFixed(2)} (aim: ≥ ${AIMS.rate}); start within ${AIMS.startSeconds} s`,
    )
    await Promise.all([few.stop(), many.stop()])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Started = Peer & { readonly identities: number } & Pick<
    Result,
    'startSeconds' | 'startCpuSeconds'
  >

async function measured(identities: number, folder: string): Promise<Started> {
  const data = join(folder, String(identities))
  makeData(data, identities)
  const begun = performance.now()
  const server = await startSymgate(data)
  const startSeconds = (performance.now() - begun) / 1000
  return { ...server, identities, startSeconds, startCpuSeconds: cpuSeconds(server.pid) }
}

/** The mean of some rounds of each server, after one that does not count. */
async function inTurns(servers: readonly Started[], folder: string): Promise<Measurement[]> {
  const rounds = 3
  const sums = servers.map(() => ({ requestsPerSecond: 0, bytesPerSecond: 0, cpuPerUnit: 0 }))
  for (let round = 0; round <= rounds; round++) {
    for (const [index, server] of servers.entries()) {
      const script = randomPaths(server.identities)
      const load = { script, connections: CONNECTIONS, seconds: SECONDS / rounds, folder }
      const got = await runWrk(server, load)
      const sum = sums[index]
      if (round === 0 || sum === undefined) continue
      sum.requestsPerSecond += got.requestsPerSecond / rounds
      sum.bytesPerSecond += got.bytesPerSecond / rounds
      sum.cpuPerUnit += got.cpuPerUnit / rounds
    }
  }
  return sums
}

function makeData(data: string, identities: number): void {
  mkdirSync(data, { recursive: true })
  const database = openDatabase(join(data, 'symgate.db'))
  const blobs = new BlobTable(database)
  for (let number = 0; number < BLOBS; number++) {
    const key = pathOf(number)
    const file = join(data, 'symbols', key)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, Buffer.alloc(BLOB_BYTES, number))
    const all = Math.ceil((identities - number) / BLOBS)
    blobs.put({
      blob: {
        root: 'hosted',
        key,
        kind: 'pdb',
        size: BLOB_BYTES,
        etag: number.toString(16).padStart(64, '0'),
        source: undefined,
        modifiedAtMs: 0,
      },
      identities: Array.from({ length: all }, (_, index) => identityOf(number + index * BLOBS)),
    })
  }
  database.close()
}

function pathOf(number: number): string {
  const guid = `${number.toString(16).toUpperCase().padStart(8, '0')}390A44FC878E5A2D63B6CC4B`
  return `app.pdb/${guid}1/app.pdb`
}

/** The first identity of the path: what an upload of such a file would be found by. */
function identityOf(number: number): string {
  const [first] = symbolPathOf(pathOf(number)).identities
  if (first === undefined) throw new Error('the path has no identity')
  return identityKey(first)
}

const randomPaths = (identities: number): string => `
math.randomseed(7)
request = function()
  return wrk.format("GET", string.format("/app.pdb/%08X390A44FC878E5A2D63B6CC4B1/app.pdb", math.random(0, ${identities - 1})))
end
`

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

function report(identities: number, result: Result): void {
  console.log(
    [
      String(identities).padStart(28),
      `${Math.round(result.requestsPerSecond)} req/s`.padStart(18),
      `${result.cpuPerUnit.toFixed(2)} s`.padStart(12),
      `${result.startSeconds.toFixed(2)} s (${result.startCpuSeconds.toFixed(2)} s)`.padStart(22),
      `${Math.round(result.residentBytes / MIB)} MiB`.padStart(14),
    ].join(''),
  )
}
