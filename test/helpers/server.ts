import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { remoteAdministration, type Administration } from '../../src/cli/administration.ts'
import { CONTROL_SOCKET, ControlClient } from '../../src/cli/control-client.ts'
import type { Scope } from '../../src/db/token-table.ts'
import { MAIN } from './main-path.ts'
import { spawnServer, type RunningServer } from './spawn-server.ts'
import { tempDir } from './temp-dir.ts'

export type { RunningServer } from './spawn-server.ts'
export { waitUntil } from './wait-until.ts'

export interface ServerOptions {
  readonly data?: string
  readonly config?: object
  readonly env?: Readonly<Record<string, string>>
  /** Where to listen, if a free port will not do. */
  readonly listen?: string
  /** Whether a first start is waited for to print its token. */
  readonly printsToken?: boolean
  /** Where the log goes instead of into `log()`: an open file. */
  readonly stderr?: number
  /** What starts the server: a command that ends with the program that runs it. */
  readonly through?: readonly string[]
}

/** Starts the built server on a free port and waits until it listens; it is killed when the test has finished. */
export async function startServer({
  data = tempDir(),
  config,
  ...more
}: ServerOptions = {}): Promise<RunningServer> {
  const file = config && { file: join(tempDir(), 'symgate.yaml'), settings: config }
  const begun = (child: RunningServer['process']): void =>
    onTestFinished(() => void child.kill('SIGKILL'))
  return await spawnServer({ data, config: file, ...more, begun })
}

/**
 * One server, on a folder of its own, for all tests of the file: those that see nothing of each other, for each brings
 * its own names and ids. It is started before the first and killed after the last.
 */
export function sharedServer(): () => RunningServer {
  let server: RunningServer | undefined
  const data = mkdtempSync(join(tmpdir(), 'symgate-test-'))
  let child: RunningServer['process'] | undefined
  beforeAll(async () => {
    server = await spawnServer({ data, begun: (begun) => (child = begun) })
  })
  afterAll(() => {
    child?.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  })
  return () => {
    if (server === undefined) throw new Error('the server is there within tests only')
    return server
  }
}

/** Runs a command of the built symgate to its end. */
export async function runSymgate(
  args: readonly string[],
  options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? tempDir(),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, stdout, stderr }
}

/** Makes a token of the given scope on a running server, as `symgate token create` beside it does. */
export async function createToken(
  server: RunningServer,
  scope: Scope,
  limits: Omit<Parameters<Administration['createToken']>[0], 'scope' | 'name'> = {},
): Promise<string> {
  const control = new ControlClient(join(server.data, CONTROL_SOCKET))
  const { text } = await remoteAdministration(control).createToken({ scope, name: '', ...limits })
  return text
}
