import type { Server } from 'node:http'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { firstAdminToken } from './access/first-admin-token.ts'
import { createApp, type App } from './app.ts'
import { CONTROL_SOCKET } from './cli/control-client.ts'
import type { Config } from './config/config.ts'
import type { Setting } from './config/setting.ts'
import { openDataFolder, type DataFolder } from './composition/data-folder.ts'
import { createServer } from './http/create-server.ts'
import { AppError } from './lib/app-error.ts'
import { socketPath } from './lib/socket-path.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'

/** What running requests and fills get to end in after a signal: below the 90 s that service managers wait. */
const DRAIN_MS = 30_000

/** How often a drain looks for connections that have become idle. */
const DRAIN_STEP_MS = 100

/**
 * Runs the server until SIGTERM or SIGINT and resolves when it has stopped cleanly. `ready` is told the
 * address and, on the very first start of a data folder, the administrator's token.
 */
export async function serve(
  config: Config,
  settings: readonly Setting[],
  ready: (address: { url: string; firstToken: string | undefined }) => void,
): Promise<void> {
  const log = createLogger(config.log.level)
  const data = await openDataFolder(config, log)
  try {
    const app = await createApp(config, settings, data, log)
    await run(app, data, config, { ready, log })
  } finally {
    await data.close()
  }
  log.info('server stopped')
}

async function run(
  app: App,
  data: DataFolder,
  config: Config,
  { ready, log }: { readonly ready: Parameters<typeof serve>[2]; readonly log: Logger },
): Promise<void> {
  const control = createServer(app.control)
  const server = createServer(app.listener)
  try {
    await listenOnSocket(control, join(config.data, CONTROL_SOCKET))
    const url = await listenOnPort(server, config.listen)
    const firstToken = firstAdminToken(data.tokens, config.adminTokenFile)
    const signal = nextSignal()
    log.info({ url, data: config.data }, 'server started')
    ready({ url, firstToken })
    log.info({ signal: await signal }, 'server stops')
  } finally {
    await Promise.all([drain(server), app.close(DRAIN_MS)])
    await drain(control)
  }
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

async function listenOnSocket(server: Server, path: string): Promise<void> {
  // Ours by the lock: what lies there was left behind by a kill.
  await rm(path, { force: true })
  const target = socketPath(path)
  const umask = process.umask(0o177)
  try {
    await listening(server, () => server.listen(target))
  } finally {
    process.umask(umask)
  }
}

async function listenOnPort(server: Server, { host, port }: Config['listen']): Promise<string> {
  try {
    await listening(server, () => server.listen(port, host))
  } catch (cause) {
    throw new AppError('config_invalid', `cannot listen on ${host}:${port}: ${String(cause)}`, {
      cause,
    })
  }
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no address after listening')
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${shown}:${address.port}`
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    listen()
  })
}

/** Stops accepting, lets what runs end within the bound, and cuts off the rest. */
async function drain(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), DRAIN_STEP_MS)
  const bound = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  clearInterval(idle)
  clearTimeout(bound)
}
