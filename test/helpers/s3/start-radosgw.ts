import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { S3Access } from './s3-access.ts'
import { cephConf } from './ceph-conf.ts'
import { freePort } from '../free-port.ts'

const run = promisify(execFile)

const STEP_MS = 250
const MAX_STEPS = 480

/**
 * Starts a one-node Ceph with radosgw on free ports of loopback, everything in memory and below `folder`.
 * Its processes are killed by `signal`, and end with this process in any case.
 */
export async function startRadosgw(folder: string, signal: AbortSignal): Promise<S3Access> {
  const conf = join(folder, 'ceph.conf')
  const keyring = join(folder, 'keyring')
  const fsid = randomUUID()
  const [v2, v1, http] = [await freePort(), await freePort(), await freePort()]
  const monitors = `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`
  for (const name of ['mon', 'osd', 'rgw']) mkdirSync(join(folder, name))
  writeFileSync(conf, cephConf(folder, { fsid, monitors }))

  const daemon = (program: string, ...args: string[]): void => {
    const log = openSync(join(folder, `${program}.out`), 'w')
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, '-f', '-c', conf, ...args], {
      stdio: ['ignore', log, log],
    })
    signal.addEventListener('abort', () => child.kill('SIGKILL'))
  }
  const ceph = (...args: string[]) => run('ceph', ['-c', conf, ...args])

  const tool = 'ceph-authtool'
  await run(tool, [
    '--create-keyring',
    keyring,
    '--gen-key',
    '-n',
    'mon.',
    '--cap',
    'mon',
    'allow *',
  ])
  const all = ['mon', 'osd', 'mgr'].flatMap((service) => ['--cap', service, 'allow *'])
  await run(tool, [keyring, '--gen-key', '-n', 'client.admin', ...all])
  const map = join(folder, 'monmap')
  await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', monitors, map])
  await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring])
  daemon('ceph-mon', '-i', 'a')

  const osd = randomUUID()
  await ceph('osd', 'new', osd, '0')
  const osdKeyring = join(folder, 'osd', 'keyring')
  await run(tool, ['--create-keyring', osdKeyring, '--gen-key', '-n', 'osd.0'])
  const rights = ['mon', 'allow profile osd', 'osd', 'allow *', 'mgr', 'allow profile osd']
  await ceph('auth', 'add', 'osd.0', '-i', osdKeyring, ...rights)
  await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', osd])
  daemon('ceph-osd', '-i', '0')

  const endpoint = `http://127.0.0.1:${http}`
  daemon('radosgw', '-n', 'client.admin', '--rgw-frontends', `beast endpoint=127.0.0.1:${http}`)
  for (let step = 1; !(await answers(endpoint)); step++) {
    if (step === MAX_STEPS) throw new Error(`radosgw does not answer: see ${folder}`)
    await new Promise((resolve) => setTimeout(resolve, STEP_MS))
  }
  const keys = { accessKeyId: 'testkey', secretAccessKey: 'testsecret' }
  const user = ['--uid=test', '--display-name=test', '--max-buckets=100000']
  const userKeys = [`--access-key=${keys.accessKeyId}`, `--secret-key=${keys.secretAccessKey}`]
  await run('radosgw-admin', ['-c', conf, 'user', 'create', ...user, ...userKeys])
  return { endpoint, region: 'us-east-1', ...keys }
}

async function answers(endpoint: string): Promise<boolean> {
  return await fetch(endpoint).then(
    () => true,
    () => false,
  )
}
