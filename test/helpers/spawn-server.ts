import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { MAIN } from './main-path.ts'
import { waitUntil } from './wait-until.ts'

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

export interface SpawnOptions {
  readonly data: string
  /** Written here, where something is configured. */
  readonly config?: { readonly file: string; readonly settings: object } | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Where to listen, if a free port will not do. */
  readonly listen?: string
  /** Whether a first start is waited for to print its token. */
  readonly printsToken?: boolean
  /** Where the log goes instead of into `log()`: an open file. */
  readonly stderr?: number
  /** What starts the server: a command that ends with the program that runs it. */
  readonly through?: readonly string[]
  /** Told of the process as soon as there is one, before it listens. */
  readonly begun?: (child: ChildProcess) => void
}

/** Starts the built server and waits until it listens. Whoever starts it stops it. */
export async function spawnServer({
  data,
  config,
  env,
  listen = '127.0.0.1:0',
  printsToken = true,
  stderr: logFile,
  through = [],
  begun,
}: SpawnOptions): Promise<RunningServer> {
  const args = ['serve', '--listen', listen, '--data', data]
  if (config !== undefined) {
    writeFileSync(config.file, stringify(config.settings))
    args.push('--config', config.file)
  }
  const [program = process.execPath, ...rest] = [...through, process.execPath, MAIN, ...args]
  const child = spawn(program, rest, {
    // No test depends on servers of others.
    env: { ...process.env, SYMGATE_PRESETS: 'off', ...env },
    stdio: ['ignore', 'pipe', logFile ?? 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  begun?.(child)
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
