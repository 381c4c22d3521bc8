import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { MAIN } from './main-path.ts'
import { tempDir } from './temp-dir.ts'

/** A symgate that runs in a process of its own, started as users start it. */
export interface RunningServer {
  readonly url: string
  readonly data: string
  /** The administrator's token, on the first start of the data folder. */
  readonly adminToken: string
  readonly stdout: () => string
  /** The log so far, one object a line. */
  readonly log: () => readonly Record<string, unknown>[]
  /** Most memory the process had, in bytes. */
  readonly peakMemory: () => number
  /** Sends SIGTERM and resolves the exit code. */
  stop(): Promise<number | null>
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<void>
  readonly process: ChildProcess
}

export interface ServerOptions {
  readonly data?: string
  readonly config?: object
  readonly env?: Readonly<Record<string, string>>
  /** Where to listen, if a free port will not do. */
  readonly listen?: string
  /** Whether a first start is waited for to print its token. */
  readonly printsToken?: boolean
}

/** Starts the built server on a free port and waits until it listens; it is killed when the test has finished. */
export async function startServer({
  data = tempDir(),
  config,
  env,
  listen = '127.0.0.1:0',
  printsToken = true,
}: ServerOptions = {}): Promise<RunningServer> {
  const args = ['serve', '--listen', listen, '--data', data]
  if (config !== undefined) {
    const file = join(tempDir(), 'symgate.yaml')
    writeFileSync(file, stringify(config))
    args.push('--config', file)
  }
  const child = spawn(process.execPath, [MAIN, ...args], {
    // No test depends on servers of others.
    env: { ...process.env, SYMGATE_PRESETS: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  onTestFinished(() => void child.kill('SIGKILL'))
  const listening = /^listening on (http:\S+)$/m
  await Promise.race([
    ended.then((code) => {
      throw new Error(`the server ended with ${code} before it listened:\n${stderr}${stdout}`)
    }),
    waitUntil(
      () =>
        listening.test(stdout) &&
        (!printsToken || stdout.includes('The page:') || existsSync(join(data, 'started-before'))),
      20_000,
    ).catch(() => {}),
  ])
  const url = listening.exec(stdout)?.[1]
  if (url === undefined) throw new Error(`the server does not listen:\n${stderr}${stdout}`)
  writeFileSync(join(data, 'started-before'), '')
  return {
    url,
    data,
    adminToken: /^ {4}([a-z2-7]{40})$/m.exec(stdout)?.[1] ?? '',
    stdout: () => stdout,
    log: () =>
      stderr
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    peakMemory: () =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) *
      1024,
    stop: async () => {
      child.kill('SIGTERM')
      return await ended
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    process: child,
  }
}

/** Waits until the condition holds; rejects after `timeoutMs`. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not so after ${timeoutMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
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

/** Makes a token of the given scope on a running server, by the command beside it. */
export async function createToken(
  server: RunningServer,
  scope: string,
  ...more: string[]
): Promise<string> {
  const { stdout, stderr } = await runSymgate([
    'token',
    'create',
    '--scope',
    scope,
    '--data',
    server.data,
    ...more,
  ])
  const token = stdout.trim().split('\n').at(-1)
  if (token === undefined || !/^[a-z2-7]{40}$/.test(token))
    throw new Error(`no token: ${stdout}${stderr}`)
  return token
}
