import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { BlobClaim } from '../../src/db/blob-table.ts'
import { Lookup } from '../../src/lookup/lookup.ts'
import { SingleForm, type SingleFormName } from '../../src/lookup/single-form.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import type { SymbolPath } from '../../src/symbols/symbol-path.ts'
import type { UpstreamRules } from '../../src/upstream/upstream-rules.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { fakeUpstream } from '../helpers/fake-upstream.ts'
import { fillBench } from '../helpers/fill-bench.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const ID = '497B72F6390A44FC878E5A2D63B6CC4B1'
const PLAIN = symbolPathOf(`app.pdb/${ID}/app.pdb`)
const SYM = symbolPathOf(`app.pdb/${ID}/app.sym`)
const PATHS = [PLAIN, symbolPathOf(`app.pdb/${ID}/app.pd_`), SYM]
const REQUESTER = { requestId: 'r1', via: '1.1 me', acceptsMsfz: false, checksum: undefined }

function claim(path: SymbolPath, size = 1): BlobClaim {
  const key = path.storePath
  return {
    blob: { root: 'hosted', key, kind: 'pdb', size, etag: key, source: undefined, modifiedAtMs: 0 },
    identities: path.identities.map(identityKey),
  }
}

async function setUp({
  prefer = ['plain', 'sym'],
  answer = { kind: 'absent' },
  rules = {},
}: {
  readonly prefer?: readonly SingleFormName[]
  readonly answer?: UpstreamAnswer | (() => Promise<UpstreamAnswer>)
  readonly rules?: Partial<UpstreamRules>
} = {}) {
  const upstream = fakeUpstream('first', answer)
  const bench = await fillBench([upstream], { rules })
  const state = { isComplete: true }
  const { blobs, fills } = bench
  const lookup = new Lookup({ blobs, fills, isIndexComplete: () => state.isComplete })
  const single = new SingleForm({ lookup, prefer })
  return {
    ...bench,
    upstream,
    lookup,
    state,
    /** Which of plain, compressed and Breakpad are answered. */
    answered: (requester: typeof REQUESTER | { via: undefined } = REQUESTER) =>
      PATHS.filter((path) => single.isAnswered(path, { ...REQUESTER, ...requester })).map(
        ({ form }) => form,
      ),
    isAnswered: (path: SymbolPath) => single.isAnswered(path, REQUESTER),
  }
}

describe('of the forms of a file', () => {
  it('the first preferred one that is stored is answered', async () => {
    const { blobs, answered } = await setUp()
    blobs.put(claim(SYM))
    expect(answered()).toEqual(['breakpad'])
    blobs.put(claim(PLAIN))
    expect(answered()).toEqual(['plain'])
  })

  it('the preference decides which', async () => {
    const { blobs, answered } = await setUp({ prefer: ['sym', 'plain'] })
    blobs.put(claim(PLAIN))
    expect(answered()).toEqual(['plain'])
    blobs.put(claim(SYM))
    expect(answered()).toEqual(['breakpad'])
  })

  it('one that is not preferred at all is never answered', async () => {
    const { blobs, answered } = await setUp({ prefer: ['plain'] })
    blobs.put(claim(SYM))
    expect(answered()).toEqual(['plain'])
  })

  it('a cabinet can stand for the file, if one can hold it', async () => {
    const { blobs, answered } = await setUp({ prefer: ['compressed', 'plain', 'sym'] })
    expect(answered()).toEqual(['compressed'])
    blobs.put(claim(PLAIN))
    expect(answered()).toEqual(['compressed'])
    blobs.put(claim(PLAIN, 2_147_450_881))
    expect(answered()).toEqual(['plain'])
  })

  it('the first that could be asked for is answered where none is here, and after its miss the next', async () => {
    const { lookup, answered, upstream } = await setUp()
    expect(answered()).toEqual(['plain'])
    expect(upstream.asked).toHaveLength(0)
    await lookup.resolve(PLAIN, REQUESTER)
    await setImmediate()
    expect(answered()).toEqual(['breakpad'])
    await lookup.resolve(SYM, REQUESTER)
    await setImmediate()
    // Each then says for itself why it is not there.
    expect(answered()).toEqual(['plain', 'breakpad'])
  })

  it('one that no upstream may be asked for is passed over at once', async () => {
    const { answered } = await setUp({ rules: { kinds: ['breakpad'] } })
    expect(answered()).toEqual(['breakpad'])
  })

  it('one that no upstream has a place for is passed over at once', async () => {
    const { answered, upstream } = await setUp()
    upstream.hasPlaceFor = ({ form }) => form === 'breakpad'
    expect(answered()).toEqual(['breakpad'])
  })

  it('the one that is being fetched stays it, whatever arrives meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<UpstreamAnswer>()
    const { lookup, blobs, answered } = await setUp({ answer: () => promise })
    const fill = lookup.resolve(PLAIN, REQUESTER)
    expect(answered()).toEqual(['plain'])
    blobs.put(claim(SYM))
    expect(answered()).toEqual(['plain'])
    resolve({ kind: 'absent' })
    await fill
    await setImmediate()
    expect(answered()).toEqual(['breakpad'])
  })

  it('nobody is asked for a request that has been here before, nor while the index is rebuilt', async () => {
    const { answered, blobs, state } = await setUp()
    expect(answered({ via: undefined })).toEqual(['plain', 'breakpad'])
    state.isComplete = false
    expect(answered()).toEqual(['plain', 'breakpad'])
    blobs.put(claim(SYM))
    expect(answered()).toEqual(['breakpad'])
  })

  it('pointers, MSFZ and source bundles are none', async () => {
    const { isAnswered } = await setUp()
    for (const file of ['file.ptr', 'msfz0/app.pdb', 'app.src.zip'])
      expect(isAnswered(symbolPathOf(`app.pdb/${ID}/${file}`))).toBe(true)
  })
})
