import { describe, expect, it } from 'vitest'
import type { BlobClaim } from '../../src/db/blob-table.ts'
import { Lookup } from '../../src/lookup/lookup.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { fakeUpstream } from '../helpers/fake-upstream.ts'
import { fillBench } from '../helpers/fill-bench.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = symbolPathOf(`app.pdb/${GUID}1/app.pdb`)
const REQUESTER = { requestId: 'r1', via: '1.1 me', acceptsMsfz: false, checksum: undefined }
const ABSENT = { kind: 'absent', reason: 'absent' }

function claim(root: 'hosted' | 'cache', key: string, etag = key): BlobClaim {
  return {
    blob: { root, key, kind: 'pdb', size: 1, etag, source: undefined, modifiedAtMs: 0 },
    identities: PATH.identities.map(identityKey),
  }
}

async function setUp() {
  const upstream = fakeUpstream('first', { kind: 'absent' })
  const bench = await fillBench([upstream])
  const state = { isComplete: true }
  const lookup = new Lookup({
    blobs: bench.blobs,
    fills: bench.fills,
    isIndexComplete: () => state.isComplete,
  })
  const etag = async (): Promise<string | undefined> => {
    const answer = await lookup.resolve(PATH, { ...REQUESTER, via: undefined })
    return answer.kind === 'blob' ? answer.blob.etag : undefined
  }
  return { ...bench, upstream, lookup, state, etag }
}

describe('Lookup', () => {
  it('asks the upstreams for what is not here, but never those that the request has come from', async () => {
    const { lookup, upstream } = await setUp()
    expect(await lookup.resolve(PATH, { ...REQUESTER, via: undefined })).toEqual(ABSENT)
    expect(upstream.asked).toHaveLength(0)
    expect(await lookup.resolve(PATH, REQUESTER)).toEqual(ABSENT)
    expect(upstream.asked).toMatchObject([{ path: PATH.storePath, request: { via: '1.1 me' } }])
  })

  it.each(['app.pd_', 'file.ptr'])('answers …/%s at once', async (file) => {
    const { lookup, upstream } = await setUp()
    const path = symbolPathOf(`app.pdb/${GUID}1/${file}`)
    expect(await lookup.resolve(path, REQUESTER)).toEqual(ABSENT)
    expect(upstream.asked).toHaveLength(0)
  })

  it('asks nobody while the index is not complete, for it may be here', async () => {
    const { lookup, upstream, state, blobs } = await setUp()
    state.isComplete = false
    expect(await lookup.resolve(PATH, REQUESTER)).toEqual({
      kind: 'absent',
      reason: 'trouble',
    })
    expect(upstream.asked).toHaveLength(0)
    blobs.put(claim('hosted', 'k'))
    expect(await lookup.resolve(PATH, REQUESTER)).toMatchObject({
      kind: 'blob',
    })
  })

  it('sees every change of the index at once', async () => {
    const { blobs, etag } = await setUp()
    expect(await etag()).toBeUndefined()
    blobs.put(claim('cache', 'c', 'filled'))
    expect(await etag()).toBe('filled')
    blobs.put(claim('cache', 'c', 'filled again'))
    expect(await etag()).toBe('filled again')
    blobs.put(claim('hosted', 'h', 'uploaded'))
    expect(await etag()).toBe('uploaded')
    blobs.put(claim('hosted', 'h', 'replaced'))
    expect(await etag()).toBe('replaced')
    blobs.put(claim('hosted', 'other', 'moved'))
    expect(await etag()).toBe('moved')
    blobs.remove('hosted', 'other')
    expect(await etag()).toBe('filled again')
    await blobs.clear()
    expect(await etag()).toBeUndefined()
    await blobs.putAll([claim('hosted', 'h', 'reindexed')])
    expect(await etag()).toBe('reindexed')
  })

  it('knows a blob that was replaced since it was found, and forgets only what is current', async () => {
    const { blobs, lookup, etag } = await setUp()
    blobs.put(claim('cache', 'h', 'old'))
    const old = await lookup.resolve(PATH, { ...REQUESTER, via: undefined })
    if (old.kind !== 'blob') throw new Error('not found')
    expect(lookup.isCurrent(old)).toBe(true)
    blobs.put(claim('cache', 'h', 'new'))
    expect(lookup.isCurrent(old)).toBe(false)
    lookup.forget(old.blob)
    expect(await etag()).toBe('new')
    const current = await lookup.resolve(PATH, { ...REQUESTER, via: undefined })
    if (current.kind === 'blob') lookup.forget(current.blob)
    expect(await etag()).toBeUndefined()
  })

  it('never forgets a hosted blob: its disk may come back', async () => {
    const { blobs, lookup, etag } = await setUp()
    blobs.put(claim('hosted', 'h', 'kept'))
    const found = await lookup.resolve(PATH, { ...REQUESTER, via: undefined })
    if (found.kind === 'blob') lookup.forget(found.blob)
    expect(await etag()).toBe('kept')
  })

  it('still takes a blob for current when another was uploaded meanwhile', async () => {
    const { blobs, lookup } = await setUp()
    blobs.put(claim('hosted', 'h'))
    const found = await lookup.resolve(PATH, { ...REQUESTER, via: undefined })
    blobs.put({ ...claim('hosted', 'another'), identities: ['something else'] })
    expect(found.kind === 'blob' && lookup.isCurrent(found)).toBe(true)
  })
})
