import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { tempDir } from '../temp-dir.ts'
import { startPeer } from './start-peer.ts'

/** A forward proxy, and what it has done. */
export interface Tinyproxy {
  readonly url: string
  /** Request lines so far: `CONNECT host:port HTTP/1.1`, `GET http://… HTTP/1.1`. */
  readonly requests: () => readonly string[]
}

/** Starts tinyproxy, for this user alone where one is given, until the current test has finished. */
export async function startTinyproxy(user?: {
  readonly username: string
  readonly password: string
}): Promise<Tinyproxy> {
  const dir = tempDir()
  const port = await freePort()
  const log = join(dir, 'log')
  const auth = user === undefined ? '' : `BasicAuth ${user.username} ${user.password}\n`
  writeFileSync(
    join(dir, 'conf'),
    `Port ${port}\nListen 127.0.0.1\nTimeout 60\nLogFile "${log}"\nLogLevel Connect\nMaxClients 50\n${auth}`,
  )
  writeFileSync(log, '', { mode: 0o666 })
  await startPeer('tinyproxy', ['-d', '-c', join(dir, 'conf')], port)
  const requests = (): readonly string[] =>
    [...readFileSync(log, 'utf8').matchAll(/Request \(file descriptor \d+\): (.*)$/gm)].map(
      ([, line = '']) => line,
    )
  return { url: `http://127.0.0.1:${port}`, requests }
}
