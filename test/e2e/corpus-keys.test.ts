import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { corpusRequests, type CorpusRequest } from '../helpers/corpus-requests.ts'
import { openCorpus, type CorpusRow } from '../helpers/corpus.ts'
import { isContainer } from '../helpers/is-container.ts'
import { makeTar, paxRecords } from '../helpers/make-tar.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'

const corpus = openCorpus()
const ASKING = 16

interface Wanted extends CorpusRequest {
  readonly row: string
}

type Member = NonNullable<CorpusRow['members']>[number]

const read = (row: CorpusRow): Buffer => readFileSync(corpus?.path(row.path) ?? '')

async function upload(
  server: RunningServer,
  token: string,
  body: Buffer,
  name: string,
): Promise<number> {
  const url = `${server.url}/${token}/symbols?tag=corpus&upload_file=${encodeURIComponent(name)}`
  const answer = await fetch(url, { method: 'POST', body: new Uint8Array(body) })
  await answer.arrayBuffer()
  return answer.status
}

/** Long names as pax records, which the corpus' paths need. */
function tarOf(rows: readonly CorpusRow[]): Buffer {
  return makeTar(
    rows.flatMap((row) => [
      { name: 'pax', type: 'x', data: paxRecords({ path: row.path }) },
      { name: 'file', data: read(row) },
    ]),
  )
}

/** Requests whose answer is not one of the files that have this key, with what came instead. */
async function unanswered(
  server: RunningServer,
  wanted: readonly Wanted[],
  holders: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const queue = wanted.values()
  const ask = async (): Promise<void> => {
    for (const { path, answeredBy, row } of queue) {
      const url = `${server.url}/${path.split('/').map(encodeURIComponent).join('/')}`
      const answer = await fetch(url)
      const bytes = Buffer.from(await answer.arrayBuffer())
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const isRight = answer.status === 200 && holders.get(answeredBy)?.has(sha256) === true
      if (!isRight) wrong.push(`${row}: ${path}: ${answer.status} with ${bytes.byteLength} bytes`)
    }
  }
  await Promise.all(Array.from({ length: ASKING }, ask))
  return wrong.toSorted()
}

describe.skipIf(corpus === undefined)('the whole corpus, hosted', () => {
  it('is answered byte for byte under every key of every file, as every client spells it', async () => {
    const rows = (corpus?.rows ?? []).filter(({ expected }) => expected === 'accept')
    const files = rows.filter(({ kind }) => !isContainer(kind))
    const containers = rows.filter(({ kind }) => isContainer(kind))
    const server = await startServer()
    const token = await createToken(server, 'upload')
    expect(await upload(server, token, tarOf(files), 'corpus.tar')).toBe(200)

    const wanted: Wanted[] = []
    const holders = new Map<string, Set<string>>()
    const note = (row: string, member: Member): void => {
      for (const request of corpusRequests(member, member.name)) {
        wanted.push({ ...request, row })
        const known = holders.get(request.answeredBy) ?? new Set()
        holders.set(request.answeredBy, known.add(member.sha256))
      }
    }
    for (const row of files) note(row.path, { ...row, name: row.path })
    const refused: string[] = []
    for (const row of containers) {
      const status = await upload(server, token, read(row), basename(row.path))
      if (status !== 200) {
        if (row.also_ok === undefined) refused.push(`${row.path}: ${status}`)
        continue
      }
      const members = row.members ?? []
      for (const member of members) {
        if (member.expected === 'accept') note(`${row.path}!${member.name}`, member)
      }
    }
    expect(refused).toEqual([])
    const answered = new Set(wanted.map(({ row }) => row))
    expect(files.map(({ path }) => path).filter((path) => !answered.has(path))).toEqual([])
    expect(wanted.length).toBeGreaterThan(4000)
    expect(await unanswered(server, wanted, holders)).toEqual([])
  }, 180_000)
})
