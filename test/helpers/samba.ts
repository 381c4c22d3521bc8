import { execFile, spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'
import { waitUntil } from './server.ts'
import { tempDir } from './temp-dir.ts'

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
const missing = ['smbd', 'smbclient'].filter((name) => find(name) === undefined)
if (missing.length > 0)
  process.stderr.write(`SKIPPED: ${missing.join(', ')} not found, so no share is tried\n`)

/** Whether Samba is here; where it is not, that has been said on stderr. */
export const hasSamba = missing.length === 0

/** A share on loopback. */
export interface Share {
  /** Runs a command of smbclient on it; gives what it prints, failures (`NT_STATUS_…`) included. */
  client(command: string): Promise<string>
}

/** Shares a folder as `symbols`, by the settings of docs/importing.md, on a free high port; ends with the test. */
export async function startShare(path: string, settings: readonly string[]): Promise<Share> {
  const folder = tempDir()
  const port = await freePort()
  mkdirSync(join(folder, 'private'))
  const own = ['private', 'lock', 'state', 'cache', 'pid', 'ncalrpc'].map(
    (name) =>
      `${name} ${name === 'ncalrpc' || name === 'private' ? 'dir' : 'directory'} = ${join(folder, 'private')}`,
  )
  const config = [
    '[global]',
    `smb ports = ${port}`,
    'interfaces = 127.0.0.1/8',
    'bind interfaces only = yes',
    'server role = standalone server',
    'map to guest = bad user',
    `guest account = ${userInfo().username}`,
    'disable netbios = yes',
    'load printers = no',
    `log file = ${join(folder, 'log')}`,
    ...own,
    '[symbols]',
    `path = ${path}`,
    ...settings,
  ]
  const file = join(folder, 'smb.conf')
  writeFileSync(file, `${config.join('\n')}\n`)
  // In a group of its own: at its end it sends SIGTERM to all of its group.
  const options = { stdio: 'ignore', detached: true } as const
  const server = spawn(find('smbd') ?? '', ['-F', '--no-process-group', '-s', file], options)
  onTestFinished(() => void server.kill('SIGTERM'))
  await waitUntil(() => answers(port), 20_000)
  return {
    async client(command) {
      const args = ['//127.0.0.1/symbols', '-p', String(port), '-N', '-s', file, '-c', command]
      return await new Promise((resolve) => {
        execFile(find('smbclient') ?? '', args, { cwd: folder }, (_error, stdout, stderr) =>
          resolve(stdout + stderr),
        )
      })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function find(name: string): string | undefined {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
