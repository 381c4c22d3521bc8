import { readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { Semaphore } from '../../src/lib/semaphore.ts'
import { FillSpool } from '../../src/lookup/fill-spool.ts'
import { unwrapAnswer } from '../../src/lookup/unwrap-answer.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import { makeCabinet } from '../cabinet/make-cabinet.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = symbolPathOf(`app.pdb/${GUID}1/app.pdb`)
const pdb = makePdb({ guid: GUID, age: 1 })
const cabinets = new CabinetThreads()
const permits = new Semaphore(1)

const cabinet = (name = 'app.pdb'): Buffer =>
  makeCabinet({
    folders: [{ compression: 0, blocks: blocksOf(pdb) }],
    files: [{ name, size: pdb.byteLength }],
  })

function blocksOf(bytes: Buffer): { packed: Buffer; size: number }[] {
  const blocks = []
  for (let at = 0; at < bytes.byteLength; at += 32_768) {
    const packed = bytes.subarray(at, at + 32_768)
    blocks.push({ packed, size: packed.byteLength })
  }
  return blocks
}

async function unwrap(
  body: Readable | Buffer,
  path = PATH,
  maxBytes = Infinity,
  spool = new FillSpool({ isLow: async () => false, minBytes: 0 }),
) {
  const root = tempDir()
  const staging = await (await LocalStore.open(root)).stage('fills')
  const source = Buffer.isBuffer(body) ? Readable.from([body]) : body
  const answer = { kind: 'found', body: source, size: undefined } as const
  const options = { cabinets, cabinetPermits: permits, staging, spool, maxBytes }
  const result = await unwrapAnswer(answer, path, options)
  return { result, staged: () => readdirSync(staging.path('.')) }
}

describe('an answer', () => {
  it('that is the file comes through as it is', async () => {
    const { result } = await unwrap(pdb)
    expect(result.kind === 'found' && (await buffer(result.body)).equals(pdb)).toBe(true)
  })

  it('that is nothing known comes through, to be judged by others', async () => {
    const { result } = await unwrap(Buffer.from('<html>'))
    expect(result.kind === 'found' && (await buffer(result.body)).toString()).toBe('<html>')
  })

  it('that is a zip takes from the reserve of a low disk, as much as there is of it, and gives it back', async () => {
    const zip = makeZip([{ name: 'app.pdb', data: pdb }])
    const spool = new FillSpool({ isLow: async () => true, minBytes: 3 * zip.byteLength })
    const { result } = await unwrap(zip, PATH, Infinity, spool)
    const taken = await unwrap(zip, PATH, Infinity, spool)
    expect(taken.result).toMatchObject({ kind: 'trouble', blame: 'beyond' })
    expect(taken.staged()).toEqual([])
    expect(result.kind === 'found' && (await buffer(result.body)).equals(pdb)).toBe(true)
    await vi.waitFor(async () =>
      expect((await unwrap(zip, PATH, Infinity, spool)).result.kind).toBe('found'),
    )
  })

  it('that is a cabinet becomes its file, of the size that the cabinet states', async () => {
    const { result } = await unwrap(cabinet('C:\\any\\name.xyz'))
    expect(result).toMatchObject({ kind: 'found', size: pdb.byteLength })
    expect(result.kind === 'found' && (await buffer(result.body)).equals(pdb)).toBe(true)
  })

  it('that is a zip of one file becomes this, and leaves nothing in staging', async () => {
    const zip = makeZip([{ name: 'any.name', data: pdb }])
    const { result, staged } = await unwrap(zip)
    expect(result).toMatchObject({ kind: 'found', size: pdb.byteLength })
    expect(staged()).toHaveLength(1)
    expect(result.kind === 'found' && (await buffer(result.body)).equals(pdb)).toBe(true)
    await vi.waitFor(() => expect(staged()).toEqual([]))
  })

  it('that is a zip where a zip was asked for stays one', async () => {
    const zip = makeZip([{ name: 'files/0/a.c', data: 'int a;' }])
    const bundle = symbolPathOf(`app.pdb/${GUID}1/app.src.zip`)
    const { result } = await unwrap(zip, bundle)
    expect(result.kind === 'found' && (await buffer(result.body)).equals(zip)).toBe(true)
  })
})

it('a cabinet waits until the one before it has been read, or has been given up', async () => {
  const { result: first } = await unwrap(cabinet())
  let opened = false
  const second = unwrap(cabinet()).then(({ result }) => {
    opened = true
    return result
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(opened).toBe(false)
  if (first.kind === 'found') first.body.destroy()
  const found = await second
  expect(found.kind === 'found' && (await buffer(found.body)).equals(pdb)).toBe(true)
})

describe('the fault', () => {
  it.each([
    ['a damaged cabinet', Buffer.from('MSCF\0\0\0\0 and nothing more'), /cabinet is damaged/],
    ['a part of a set', makeCabinet({ folders: [], files: [], flags: 2 }), /spans several/],
    ['a zip of two files', makeZip([{ name: 'a' }, { name: 'b' }]), /not one file/],
    ['a cut zip', makeZip([{ name: 'a', data: pdb }]).subarray(0, 100), /directory is damaged/],
  ])('of %s is the file’s', async (_, body, cause) => {
    const { result, staged } = await unwrap(body)
    expect(result).toMatchObject({ kind: 'mismatch', cause: expect.stringMatching(cause) })
    expect(staged()).toEqual([])
  })

  it.each([
    ['at once', Buffer.alloc(0)],
    ['in a cabinet’s head', cabinet().subarray(0, 40)],
    ['in a zip', makeZip([{ name: 'a', data: pdb }]).subarray(0, 80)],
  ])('of a transfer that breaks off %s is the transfer’s', async (_, bytes) => {
    const body = new Readable({ read() {} })
    // As adapters do: it may break before anybody reads.
    body.on('error', () => {})
    if (bytes.byteLength > 0) body.push(bytes)
    setTimeout(() => body.destroy(new Error('reset')), 20)
    const { result, staged } = await unwrap(body)
    expect(result).toMatchObject({ kind: 'trouble', cause: expect.stringContaining('reset') })
    expect(staged()).toEqual([])
  })

  it('of a zip beyond the limit is trouble, and its transfer ends', async () => {
    const body = Readable.from([makeZip([{ name: 'a', data: pdb, method: 0 }])])
    const { result, staged } = await unwrap(body, PATH, 1000)
    expect(result).toMatchObject({
      kind: 'trouble',
      cause: expect.stringContaining('limits.fill_size'),
    })
    expect([body.destroyed, staged()]).toEqual([true, []])
  })
})
