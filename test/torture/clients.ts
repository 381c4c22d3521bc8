import { setTimeout as sleep } from 'node:timers/promises'
import type { Administration } from '../../src/cli/administration.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { makeZip } from '../helpers/make-zip.ts'
import type { RandomNumbers } from '../helpers/random-numbers.ts'
import type { Ledger, SentPackage } from './ledger.ts'
import { madeFile } from './made-file.ts'

/** Numbers of files that only the upstream has begin here. */
const FIRST_UPSTREAM = 1 << 28

/** Packages that are left alone by those who delete. */
const KEPT_PACKAGES = 20

export interface ClientOptions {
  readonly url: string
  readonly uploadToken: string
  readonly adminToken: string
  readonly administration: Administration
  readonly ledger: Ledger
  readonly random: RandomNumbers
}

/** Uploads, strict and not, until the server is gone. */
export async function upload({ url, uploadToken, ledger, random }: ClientOptions): Promise<void> {
  const isStrict = random(2) === 0
  const isBad = random(4) === 0
  const isShortLived = random(3) === 0
  const files = Array.from({ length: 1 + random(8) }, () => ledger.next())
  const sent: SentPackage = { files, isStrict, isShortLived, id: undefined, state: 'sent' }
  ledger.packages.push(sent)
  const entries = files.map(madeFile).map(({ name, bytes }) => ({ name, data: bytes }))
  // A PDB whose stream directory lies outside of it: no reader would take it.
  const bad = { name: 'bad.pdb', data: madeFile(files[0] ?? 0).bytes.subarray(0, 4096) }
  const body = makeZip(isBad ? [...entries, bad] : entries)
  const query = `tag=${isShortLived ? 'short' : 'long'}${isStrict ? '&strict=1' : ''}`
  const response = await fetch(`${url}/api/v1/uploads?${query}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${uploadToken}` },
  })
  const answer = (await response.json()) as { upload?: { id: string; stored: number } }
  sent.id = answer.upload?.id
  if (response.status === 200) {
    if (isBad && isStrict) throw new Error('a strict package with a damaged file was taken')
    if (answer.upload?.stored !== files.length)
      throw new Error(`${answer.upload?.stored} of ${files.length} files were stored`)
    sent.state = isShortLived ? 'going' : 'stored'
    ledger.counts.uploads++
    return
  }
  sent.state = 'refused'
  ledger.counts.refusals++
  if (response.status !== 429 && !(isBad && isStrict))
    throw new Error(`a good upload was answered ${response.status}: ${JSON.stringify(answer)}`)
}

/** Asks for a file that only the upstream has, or for one that is here; whatever comes whole must be right. */
export async function download({ url, ledger, random }: ClientOptions): Promise<void> {
  const known = random(3) === 0 ? ledger.fills.at(-1 - random(5)) : undefined
  const number = known ?? FIRST_UPSTREAM + ledger.next()
  const { path, bytes } = madeFile(number)
  if (known === undefined) ledger.fills.push(number)
  const response = await fetch(`${url}/${path}`)
  const body = Buffer.from(await response.arrayBuffer())
  // While the index is rebuilt nothing is asked for upstream.
  if (response.status === 404) return
  if (response.status !== 200 || !body.equals(bytes))
    throw new Error(`${path} was answered ${response.status} with ${body.byteLength} bytes`)
  ledger.counts.fills++
}

/** Deletes an old package. */
export async function remove({ url, adminToken, ledger, random }: ClientOptions): Promise<void> {
  const old = ledger.packages.filter(({ state }) => state === 'stored').slice(0, -KEPT_PACKAGES)
  const doomed = old[random(Math.max(old.length, 1))]
  if (doomed?.id === undefined) return await sleep(50)
  doomed.state = 'going'
  const response = await fetch(`${url}/api/v1/uploads/${doomed.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${adminToken}` },
  })
  await response.arrayBuffer()
  if (!response.ok) return
  doomed.state = 'gone'
  ledger.counts.deletions++
}

/** Sweeps, or rebuilds the index. */
export async function administer({ administration, ledger, random }: ClientOptions): Promise<void> {
  await sleep(random(300))
  if (random(3) > 0) {
    await administration.sweep({ isDryRun: false }).catch(unlessBusy)
    ledger.counts.sweeps++
    return
  }
  await administration.reindex()
  ledger.counts.reindexes++
}

/** A sweep that is under way, or an index that is being rebuilt, is no fault. */
function unlessBusy(error: unknown): void {
  if (!(error instanceof AppError)) throw error
}
