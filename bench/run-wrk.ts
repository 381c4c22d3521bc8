import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cpuSeconds } from './cpu-seconds.ts'
import type { Peer } from './start-nginx.ts'

/** What one load on one server gave. */
export interface Measurement {
  readonly requestsPerSecond: number
  readonly bytesPerSecond: number
  /** CPU time of the server for each GiB of bodies; for each 100,000 requests of absent paths and of scripts. */
  readonly cpuPerUnit: number
}

const GIB = 1 << 30
const REQUESTS_PER_UNIT = 100_000

/** Paths that are asked for in random order, or ever new ones that nobody has where there are none; all are `absent` or none is. */
export interface PathLoad extends LoadSize {
  readonly paths: readonly string[]
  readonly absent: boolean
}

/** What a script of wrk asks for. */
interface ScriptLoad extends LoadSize {
  readonly script: string
}

interface LoadSize {
  readonly connections: number
  readonly seconds: number
  readonly folder: string
}

/** Loads the server over some connections for some seconds. Fails when an answer is not what it should be. */
export async function runWrk(server: Peer, load: PathLoad | ScriptLoad): Promise<Measurement> {
  const script = join(load.folder, 'load.lua')
  const isAbsent = 'absent' in load && load.absent
  writeFileSync(
    script,
    'script' in load ? load.script + DONE : load.paths.length === 0 ? ABSENT : oneOf(load.paths),
  )
  const before = cpuSeconds(server.pid)
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    `-c${load.connections}`,
    `-d${load.seconds}s`,
    '--timeout',
    '60s',
    '-s',
    script,
    server.url,
  ])
  const cpu = cpuSeconds(server.pid) - before
  const [, requests = '0', bytes = '0', micros = '1', failed = '0'] =
    /^RESULT (\d+) (\d+) (\d+) (\d+)$/m.exec(stdout) ?? []
  const expectFailures = isAbsent ? Number(requests) : 0
  if (Number(failed) !== expectFailures)
    throw new Error(`${failed} answers were not what they should be:\n${stdout}`)
  const seconds = Number(micros) / 1e6
  return {
    requestsPerSecond: Number(requests) / seconds,
    bytesPerSecond: Number(bytes) / seconds,
    cpuPerUnit:
      isAbsent || 'script' in load
        ? (cpu * REQUESTS_PER_UNIT) / Number(requests)
        : (cpu * GIB) / Number(bytes),
  }
}

const DONE = `
done = function(summary)
  print(string.format("RESULT %d %d %d %d", summary.requests, summary.bytes, summary.duration, summary.errors.status))
end
`

const oneOf = (paths: readonly string[]): string => `
local paths = { ${paths.map((path) => JSON.stringify(path)).join(', ')} }
math.randomseed(7)
request = function() return wrk.format("GET", paths[math.random(#paths)]) end
${DONE}`

const ABSENT = `
local count = 0
request = function()
  count = count + 1
  return wrk.format("GET", string.format("/absent.pdb/%08XAAAABBBBCCCCDDDDEEEEFFFF1/absent.pdb", count))
end
${DONE}`
