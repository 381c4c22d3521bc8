import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Administration } from '../../src/cli/administration.ts'
import type { RunningServer } from '../helpers/spawn-server.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import type { Ledger, SentPackage } from './ledger.ts'
import { madeFile } from './made-file.ts'

/** Packages settled long ago that are looked at again each time. */
const OLD_PACKAGES = 20

/**
 * Holds what the server has after a restart against what is known of it: acknowledged is whole and found,
 * every package is there with all of its files or with none, nothing is staged, store and index agree.
 * Packages of which it was open learn how they ended. Throws what is not so.
 */
export async function checkInvariants(
  server: RunningServer,
  administration: Administration,
  ledger: Ledger,
): Promise<void> {
  await waitUntil(() => !isIndexing(server), 120_000)
  for (const folder of ['symbols/.symgate/staging', 'cache/.symgate/staging/fills']) {
    const path = join(server.data, folder)
    const left = existsSync(path) ? readdirSync(path) : []
    if (left.length > 0) throw new Error(`${folder} holds ${left.join(', ')} after a restart`)
  }
  const settled = ledger.packages.filter(({ state }) => state === 'stored' || state === 'gone')
  const open = ledger.packages.filter((sent) => !settled.includes(sent))
  for (const sent of [...settled.slice(-OLD_PACKAGES), ...open]) await checkPackage(server, sent)
  // What is gone is gone, and need not be asked for each time.
  const isLeft = ({ state }: SentPackage): boolean => state !== 'gone' && state !== 'refused'
  ledger.packages.splice(0, ledger.packages.length, ...ledger.packages.filter(isLeft))
  const { findings } = await administration.check({ isRepair: false, sample: 1, isResumed: false })
  if (findings.length > 0) throw new Error(`check found ${JSON.stringify(findings)}`)
  const errors = server.log().filter(({ level }) => level === 'error' || level === 'fatal')
  if (errors.length > 0) throw new Error(`the log tells of ${JSON.stringify(errors)}`)
}

async function checkPackage(server: RunningServer, sent: SentPackage): Promise<void> {
  let found = 0
  for (const number of sent.files) {
    const { path, bytes } = madeFile(number)
    const response = await fetch(`${server.url}/${path}`)
    const body = Buffer.from(await response.arrayBuffer())
    if (response.status === 404) continue
    const source = response.headers.get('x-symgate-source')
    if (response.status !== 200 || source !== 'hosted' || !body.equals(bytes))
      throw new Error(`${path}: ${response.status} from ${source}, ${body.byteLength} bytes`)
    found++
  }
  const all = sent.files.length
  const what = `of package ${sent.id ?? '(unanswered)'} (${sent.state}) ${found} of ${all} files are there`
  if (found !== 0 && found !== all) throw new Error(what)
  const isThere = found > 0
  if (isThere && (sent.state === 'refused' || sent.state === 'gone')) throw new Error(what)
  if (!isThere && sent.state === 'stored') throw new Error(what)
  if (sent.state === 'sent') {
    // Nobody was told; from now on it is known. One without an id can be asked for, but not deleted.
    sent.state = isThere ? (sent.isShortLived ? 'going' : 'stored') : 'refused'
  } else if (sent.state === 'going' && !isThere) sent.state = 'gone'
}

function isIndexing(server: RunningServer): boolean {
  const count = (text: string): number => server.log().filter(({ msg }) => msg === text).length
  return (
    count('reindex started') > count('reindex done') ||
    count('last stop was none; the cache is looked through') > count('cache looked through')
  )
}
