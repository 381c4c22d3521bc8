import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { remoteAdministration } from '../../src/cli/administration.ts'
import { CONTROL_SOCKET, ControlClient } from '../../src/cli/control-client.ts'
import { randomNumbers } from '../helpers/random-numbers.ts'
import { spawnServer, type RunningServer } from '../helpers/spawn-server.ts'
import { checkInvariants } from './check-invariants.ts'
import { administer, download, remove, upload, type ClientOptions } from './clients.ts'
import { Ledger } from './ledger.ts'
import { madeFile } from './made-file.ts'

/** What runs at once between two kills. */
const CLIENTS = [upload, upload, upload, download, download, remove, administer]

/** Of so many kills one comes while the server starts, and so while it puts right what the last one left. */
const KILLS_PER_EARLY_KILL = 6

/** The longest time between start and kill. */
const MAX_LIFE_MS = 1500

export interface TortureOptions {
  readonly kills: number
  readonly seed: string
  /** Where the data folder is made. */
  readonly folder: string
  /** Told after every kill that was survived. */
  readonly survived?: (kills: number, ledger: Ledger) => void
}

/**
 * Kills the built server (SIGKILL) at random instants while packages, fills, deletions, sweeps and rebuilds
 * of the index run, and holds it to its promises after every restart. Throws the first that is broken.
 */
export async function torture({
  kills,
  seed,
  folder,
  survived = () => {},
}: TortureOptions): Promise<Ledger> {
  const random = randomNumbers(seed)
  const ledger = new Ledger()
  const upstream = await startUpstream()
  const data = join(folder, 'data')
  const settings = {
    upstreams: [{ name: 'first', url: upstream.url }],
    limits: { concurrent_uploads: 8 },
    retention: { tags: { short: { keep_last: 2 } }, safety_period: '0', interval: '0' },
  }
  const options = {
    data,
    config: { file: join(folder, 'symgate.yaml'), settings },
    env: { SYMGATE_PRESETS: 'off' },
  }
  const administration = remoteAdministration(new ControlClient(join(data, CONTROL_SOCKET)))
  const servers: RunningServer['process'][] = []
  const start = async (): Promise<RunningServer> =>
    await spawnServer({ ...options, begun: (child) => servers.push(child) })
  try {
    let server = await start()
    const { adminToken } = server
    const made = await administration.createToken({ scope: 'upload', name: 'torture' })
    const uploadToken = made.text
    for (let done = 1; done <= kills; done++) {
      const { url } = server
      const clients = { url, uploadToken, adminToken, administration, ledger, random }
      await workUntilKilled(server, clients, random(MAX_LIFE_MS))
      if (done < kills && random(KILLS_PER_EARLY_KILL) === 0) {
        await killEarly(start, servers, random(1000))
        done++
      }
      server = await start()
      await checkInvariants(server, administration, ledger)
      survived(done, ledger)
    }
    return ledger
  } finally {
    for (const child of servers) child.kill('SIGKILL')
    upstream.close()
  }
}

async function workUntilKilled(
  server: RunningServer,
  options: ClientOptions,
  lifeMs: number,
): Promise<void> {
  const killed = new AbortController()
  const { signal } = killed
  const work = CLIENTS.map(async (client) => {
    while (!signal.aborted) {
      try {
        await client(options)
      } catch (error) {
        // Whatever a request meets when the server is killed under it is no fault of the server.
        if (!signal.aborted) throw error
      }
    }
  })
  const all = Promise.all(work)
  // Heard of below; a broken promise must not end the process before.
  all.catch(() => {})
  await Promise.race([all, sleep(lifeMs)])
  killed.abort()
  await server.kill()
  await all
}

/** Starts a server that does not get far. */
async function killEarly(
  start: () => Promise<RunningServer>,
  servers: readonly RunningServer['process'][],
  lifeMs: number,
): Promise<void> {
  const starting = start().catch(() => {})
  await sleep(lifeMs)
  servers.at(-1)?.kill('SIGKILL')
  await starting
}

/** An upstream that has every file and sends it in two pieces. */
async function startUpstream(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const number = /file(\d+)\.pdb$/.exec(request.url ?? '')?.[1]
    if (number === undefined) return void response.writeHead(404).end()
    const { bytes } = madeFile(Number(number))
    // What is uploaded is hosted, or nowhere.
    if (Number(number) < 1 << 28) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-length': bytes.byteLength })
    response.write(bytes.subarray(0, 6000), () =>
      setTimeout(() => response.end(bytes.subarray(6000)), Number(number) % 20),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
