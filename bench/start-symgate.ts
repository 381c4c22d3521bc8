import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MAIN } from '../test/helpers/main-path.ts'
import type { Peer } from './start-nginx.ts'

/** Starts the built server on this data folder, with further lines of configuration, and waits until it listens. */
export async function startSymgate(data: string, more: readonly string[] = []): Promise<Peer> {
  const config = join(data, 'bench.yaml')
  writeFileSync(config, ['log: { level: warn }', ...more, ''].join('\n'))
  const child = spawn(
    process.execPath,
    [
      '--max-semi-space-size=16',
      MAIN,
      'serve',
      '--data',
      data,
      '--config',
      config,
      '--listen',
      '127.0.0.1:0',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  const url = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const match = /^listening on (\S+)$/m.exec(text)
      if (match?.[1] !== undefined) resolve(match[1])
    })
  })
  return {
    url,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}
