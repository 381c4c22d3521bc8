import { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import type { FillService } from '../../src/lookup/fill-service.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import type { UpstreamRules } from '../../src/upstream/upstream-rules.ts'
import type { UpstreamAnswer } from '../../src/upstream/upstream.ts'
import { fakeUpstream, found } from '../helpers/fake-upstream.ts'
import { fillBench, readFill } from '../helpers/fill-bench.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const STARTER = { requestId: 'r1', via: '1.1 me', acceptsMsfz: false, checksum: undefined }
const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const OTHER_GUID = `FFFF${GUID.slice(4)}`
const PATH = symbolPathOf(`app.pdb/${GUID}1/app.pdb`)
const pdb = makePdb({ guid: GUID, age: 1, size: 200_000 })
const wrong = makePdb({ guid: OTHER_GUID, age: 1 })
const wrongLong = makePdb({ guid: OTHER_GUID, age: 1, size: 200_000 })

const ABSENT = { kind: 'absent' } as const
const TROUBLE = {
  kind: 'trouble',
  stage: 'download',
  blame: 'host',
  cause: 'status 500',
} as const

/** A body that gives `bytes` and then waits until it is ended or broken. */
function stalled(bytes: Uint8Array) {
  const body = new Readable({ read() {} })
  body.push(bytes)
  return {
    body,
    answer: { kind: 'found', body, size: undefined } as const,
    end: (rest: Uint8Array) => {
      body.push(rest)
      body.push(null)
    },
  }
}

describe('the upstreams', () => {
  it('are asked in their order until one has the file, by the path in SymStore’s casing', async () => {
    const upstreams = [
      fakeUpstream('first', ABSENT),
      fakeUpstream('second', TROUBLE),
      fakeUpstream('third', found(wrong)),
      fakeUpstream('fourth', found(pdb)),
      fakeUpstream('fifth', found(pdb)),
    ]
    const { fills, cached, staged, misses, logged } = await fillBench(upstreams)
    const lower = symbolPathOf(`app.pdb/${GUID.toLowerCase()}01/APP.pdb`)
    const outcome = await fills.request(lower, STARTER)
    expect(outcome).toMatchObject({
      kind: 'fill',
      fill: { upstream: 'fourth', size: pdb.byteLength },
    })
    expect((await readFill(outcome)).equals(pdb)).toBe(true)
    await fills.close(1000)
    expect(upstreams.map(({ asked }) => asked.length)).toEqual([1, 1, 1, 1, 0])
    expect(upstreams[3]?.asked[0]).toMatchObject({
      path: `app.pdb/${GUID}1/app.pdb`,
      request: { via: '1.1 me', acceptsMsfz: false, checksum: undefined },
    })
    expect([cached(), staged()]).toEqual([[`app.pdb/${GUID}1/app.pdb`], []])
    expect(upstreams.map((upstream) => misses.isRemembered(upstream, PATH))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
    expect(upstreams.map(({ name }) => logged(name))).toEqual([
      [`Download failed app.pdb/${GUID}1/app.pdb: not found`],
      [`Download failed app.pdb/${GUID}1/app.pdb: status 500`],
      [expect.stringContaining('app.pdb: the file')],
      [`Downloaded app.pdb/${GUID}1/app.pdb`],
      [],
    ])
  })

  it.each([
    ['absent', [ABSENT, ABSENT]],
    ['trouble', [ABSENT, TROUBLE]],
    ['trouble', [TROUBLE, ABSENT]],
    ['trouble', [TROUBLE, found(wrong)]],
    ['trouble', [found(wrong), TROUBLE]],
    ['mismatch', [found(wrong), ABSENT]],
    ['mismatch', [ABSENT, found(wrong)]],
  ])('that have nothing make the answer %s', async (reason, [first, second]) => {
    const { fills, cached, staged, misses } = await fillBench([
      fakeUpstream('first', first ?? ABSENT),
      fakeUpstream('second', second ?? ABSENT),
    ])
    expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason })
    await fills.close(1000)
    expect([cached(), staged()]).toEqual([[], []])
    const remembered = ['first', 'second'].map((name) =>
      misses.isRemembered({ name, missRetryAfterMs: 1000 }, PATH),
    )
    expect(remembered).toEqual([first === ABSENT, second === ABSENT])
  })

  it('that are known not to have it are passed over, and the rest asked', async () => {
    const first = fakeUpstream('first', ABSENT)
    const second = fakeUpstream('second', TROUBLE)
    const { fills } = await fillBench([first, second])
    expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'trouble' })
    await vi.waitFor(async () => {
      expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'trouble' })
      expect([first.asked.length, second.asked.length]).toEqual([1, 2])
    })
  })

  it('are not asked at all when each is known not to have it', async () => {
    const upstream = fakeUpstream('first', ABSENT)
    const { fills } = await fillBench([upstream])
    expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'absent' })
    await vi.waitFor(async () =>
      expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'remembered' }),
    )
    expect(upstream.asked).toHaveLength(1)
  })

  it('that are public never hear a name that is hosted here', async () => {
    const outside = fakeUpstream('public', found(pdb), { isPublic: true })
    const inside = fakeUpstream('private', ABSENT)
    const { fills, hostedNames } = await fillBench([outside, inside])
    await hostedNames.addAll(['App.PDB'])
    expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'absent' })
    expect([outside.asked.length, inside.asked.length]).toEqual([0, 1])
    const alone = await fillBench([outside])
    await alone.hostedNames.addAll(['app.pdb'])
    expect(await alone.fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'absent' })
    expect(outside.asked).toHaveLength(0)
  })

  it('that are public hear a hosted name that the configuration releases', async () => {
    const outside = fakeUpstream('public', found(pdb), { isPublic: true })
    const { fills, hostedNames } = await fillBench([outside], { publicNames: ['APP*.pdb'] })
    await hostedNames.addAll(['app.pdb'])
    expect(await fills.request(PATH, STARTER)).toMatchObject({ kind: 'fill' })
    expect(outside.asked).toHaveLength(1)
  })

  it('are none where none is configured', async () => {
    const { fills } = await fillBench([])
    expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'absent' })
  })

  it('that break their word and reject are trouble', async () => {
    const upstream = fakeUpstream('first', () => Promise.reject(new Error('unexpected')))
    const { fills } = await fillBench([upstream])
    await vi.waitFor(async () => {
      expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'trouble' })
      expect(upstream.asked).toHaveLength(2)
    })
  })
})

describe('a fill', () => {
  it('is one for all who ask for the same file, in any spelling, while it runs', async () => {
    const { promise, resolve } = Promise.withResolvers<UpstreamAnswer>()
    const upstream = fakeUpstream('first', () => promise)
    const { fills } = await fillBench([upstream])
    const requests = [PATH, symbolPathOf(`APP.PDB/${GUID.toLowerCase()}1/app.pdb`), PATH].map(
      (path) => fills.request(path, STARTER),
    )
    const other = fills.request(symbolPathOf(`app.pdb/${GUID}2/app.pdb`), STARTER)
    resolve({ kind: 'found', body: Readable.from([pdb]), size: undefined })
    const outcomes = await Promise.all(requests)
    for (const outcome of outcomes) expect(outcome).toBe(outcomes[0])
    expect(upstream.asked).toHaveLength(2)
    await other
    await fills.close(1000)
  })

  it('is nobody else’s where a client says more of what it wants', async () => {
    const { promise, resolve } = Promise.withResolvers<UpstreamAnswer>()
    const upstream = fakeUpstream('first', () => promise)
    const { fills } = await fillBench([upstream])
    const starters = [
      STARTER,
      { ...STARTER, checksum: 'SHA256:00' },
      { ...STARTER, checksum: 'SHA256:01' },
      { ...STARTER, acceptsMsfz: true },
    ]
    const outcomes = starters.map((starter) => fills.request(PATH, starter))
    await vi.waitFor(() => expect(upstream.asked).toHaveLength(4))
    expect(upstream.asked.map(({ request }) => [request.checksum, request.acceptsMsfz])).toEqual(
      starters.map(({ checksum, acceptsMsfz }) => [checksum, acceptsMsfz]),
    )
    resolve(ABSENT)
    await Promise.all(outcomes)
  })

  it('keeps the file under every identity of its own and the path asked for', async () => {
    const { fills, blobs } = await fillBench([fakeUpstream('first', found(pdb))])
    const asked = symbolPathOf(`other.pdb/${GUID}7/other.pdb`)
    const outcome = await fills.request(asked, STARTER)
    await fills.close(1000)
    const blob = blobs.find(asked.identities.map(identityKey))
    expect(blob).toMatchObject({
      root: 'cache',
      key: `other.pdb/${GUID}7/other.pdb`,
      size: pdb.byteLength,
      source: 'first',
      etag: outcome.kind === 'fill' ? outcome.fill.etag : '',
    })
    expect(blobs.find(PATH.identities.map(identityKey))?.key).toBe(blob?.key)
  })

  it('ends the upstream’s miss when it has the file after all', async () => {
    const upstream = fakeUpstream('first', found(pdb))
    const { fills, misses } = await fillBench([upstream])
    misses.remember('first', PATH)
    const eager = { ...upstream, missRetryAfterMs: 0 }
    const again = await fillBench([eager])
    again.misses.remember('first', PATH)
    await again.fills.request(PATH, STARTER)
    await again.fills.close(1000)
    expect(again.misses.isRemembered(upstream, PATH)).toBe(false)
    expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'remembered' })
  })

  it('leaves no miss behind an upload that arrived while it asked', async () => {
    const bench = await fillBench([
      fakeUpstream('first', async () => {
        const identities = PATH.identities.map(identityKey)
        const blob = { root: 'hosted', key: 'k', kind: 'pdb', size: 1, etag: 'e' } as const
        bench.blobs.put({ blob: { ...blob, source: undefined, modifiedAtMs: 0 }, identities })
        await bench.misses.forgetIdentities(identities)
        return ABSENT
      }),
    ])
    await bench.fills.request(PATH, STARTER)
    await bench.fills.close(1000)
    expect(bench.misses.isRemembered({ name: 'first', missRetryAfterMs: 1e9 }, PATH)).toBe(false)
  })

  it('shows its readers a refused file as a failure, keeps nothing and asks nobody else', async () => {
    const { body, answer, end } = stalled(wrongLong.subarray(0, 150_000))
    const second = fakeUpstream('second', found(pdb))
    const { fills, cached, staged } = await fillBench([fakeUpstream('first', answer), second])
    const outcome = await fills.request(PATH, STARTER)
    const reading = readFill(outcome)
    end(wrongLong.subarray(150_000))
    await expect(reading).rejects.toThrow(OTHER_GUID)
    await fills.close(1000)
    expect([cached(), staged(), second.asked.length]).toEqual([[], [], 0])
    expect(body.destroyed).toBe(true)
  })

  it('takes the next upstream’s when a body breaks before anybody has seen of it', async () => {
    const { body, answer } = stalled(pdb.subarray(0, 60_000))
    const { fills } = await fillBench([
      fakeUpstream('first', answer),
      fakeUpstream('second', found(pdb)),
    ])
    setImmediate(() => body.destroy(new Error('reset')))
    const outcome = await fills.request(PATH, STARTER)
    expect((await readFill(outcome)).equals(pdb)).toBe(true)
    await fills.close(1000)
  })

  it('over fill_size is trouble, and its transfer is ended', async () => {
    const { body, answer } = stalled(pdb)
    const bench = await fillBench([fakeUpstream('first', { ...answer, size: 5_000_000 })], {
      maxBytes: 1_000_000,
    })
    expect(await bench.fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'trouble' })
    expect([body.destroyed, bench.staged()]).toEqual([true, []])
  })

  it('that cannot be kept is served all the same, and fetched again', async () => {
    const upstream = fakeUpstream('first', found(pdb))
    const { fills, store, blobs, staged } = await fillBench([upstream])
    vi.spyOn(store, 'publish').mockRejectedValueOnce(new Error('no space'))
    expect((await readFill(await fills.request(PATH, STARTER))).equals(pdb)).toBe(true)
    await vi.waitFor(() => expect(staged()).toEqual([]))
    expect(blobs.find(PATH.identities.map(identityKey))).toBeUndefined()
    await vi.waitFor(async () => void (await readFill(await fills.request(PATH, STARTER))))
    await fills.close(1000)
    expect(blobs.find(PATH.identities.map(identityKey))).toBeDefined()
    expect(upstream.asked).toHaveLength(2)
  })

  it('waits for its turn when enough run', async () => {
    const first = Promise.withResolvers<UpstreamAnswer>()
    const upstream = fakeUpstream('first', (path) =>
      path.includes(`${GUID}1/`) ? first.promise : ABSENT,
    )
    const { fills } = await fillBench([upstream], { maxFills: 1 })
    const running = fills.request(PATH, STARTER)
    const waiting = fills.request(symbolPathOf(`app.pdb/${GUID}2/app.pdb`), STARTER)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(upstream.asked).toHaveLength(1)
    first.resolve(ABSENT)
    expect(await Promise.all([running, waiting])).toEqual([
      { kind: 'absent', reason: 'absent' },
      { kind: 'absent', reason: 'absent' },
    ])
  })
})

describe('closing', () => {
  it('lets running fills end within the grace', async () => {
    const { answer, end } = stalled(pdb.subarray(0, 150_000))
    const { fills, cached } = await fillBench([fakeUpstream('first', answer)])
    await fills.request(PATH, STARTER)
    const closed = fills.close(60_000)
    end(pdb.subarray(150_000))
    await closed
    expect(cached()).toHaveLength(1)
  })

  it('cuts off what runs longer: nothing of it is kept, and its readers fail', async () => {
    const { body, answer } = stalled(pdb.subarray(0, 150_000))
    const upstream = fakeUpstream('first', (_, signal) => {
      signal.addEventListener('abort', () => body.destroy(signal.reason as Error))
      return answer
    })
    const silent = fakeUpstream('second', (_, signal) => {
      const { promise, reject } = Promise.withResolvers<UpstreamAnswer>()
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      return promise
    })
    const { fills, cached, staged } = await fillBench([upstream])
    const other = await fillBench([silent])
    const reading = readFill(await fills.request(PATH, STARTER))
    const waiting = other.fills.request(PATH, STARTER)
    await Promise.all([
      expect(reading).rejects.toThrow('the server stops'),
      fills.close(20),
      other.fills.close(20),
    ])
    expect(await waiting).toEqual({ kind: 'absent', reason: 'trouble' })
    expect([cached(), staged()]).toEqual([[], []])
  })

  it('asks nobody for what is requested afterwards, nor lets it outlive the closing', async () => {
    const upstream = fakeUpstream('first', (_, signal) => {
      signal.throwIfAborted()
      return ABSENT
    })
    const { fills, misses } = await fillBench([upstream])
    await fills.close(1000)
    expect(await fills.request(PATH, STARTER)).toEqual({ kind: 'absent', reason: 'trouble' })
    expect(misses.isRemembered(upstream, PATH)).toBe(false)
  })

  it('waits for fills that begin while it waits', async () => {
    const first = Promise.withResolvers<UpstreamAnswer>()
    const second = Promise.withResolvers<UpstreamAnswer>()
    const upstream = fakeUpstream('first', (path) =>
      path.includes(`${GUID}1/`) ? first.promise : second.promise,
    )
    const { fills } = await fillBench([upstream])
    void fills.request(PATH, STARTER)
    let closed = false
    const closing = fills.close(60_000).then(() => (closed = true))
    void fills.request(symbolPathOf(`app.pdb/${GUID}2/app.pdb`), STARTER)
    first.resolve(ABSENT)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(closed).toBe(false)
    second.resolve(ABSENT)
    await closing
  })
})

describe('upstreams of equal priority', () => {
  const equal = { rules: { priority: 1 } }

  it('are asked at once; the first good file wins and the others are given up', async () => {
    const { promise, resolve } = Promise.withResolvers<UpstreamAnswer>()
    const given: string[] = []
    const slow = fakeUpstream('slow', (_, signal) => {
      signal.addEventListener('abort', () => given.push('up'))
      return promise
    })
    const late = stalled(pdb)
    const upstreams = [slow, fakeUpstream('bad', found(wrong)), fakeUpstream('good', found(pdb))]
    const { fills, logged, misses } = await fillBench(upstreams, equal)
    const outcome = await fills.request(PATH, STARTER)
    expect(outcome).toMatchObject({ kind: 'fill', fill: { upstream: 'good' } })
    expect((await readFill(outcome)).equals(pdb)).toBe(true)
    expect(given).toEqual(['up'])
    // What it says too late is not taken, and not held against it.
    resolve(late.answer)
    await vi.waitFor(() => expect(late.body.destroyed).toBe(true))
    await fills.close(1000)
    expect([logged('slow'), logged('good').length]).toEqual([[], 1])
    expect(misses.isRemembered(slow, PATH)).toBe(false)
  })

  it('all have to say that it is absent', async () => {
    const later = Promise.withResolvers<UpstreamAnswer>()
    const upstreams = [fakeUpstream('first', ABSENT), fakeUpstream('second', () => later.promise)]
    const { fills } = await fillBench(upstreams, equal)
    const request = fills.request(PATH, STARTER)
    await vi.waitFor(() => expect(upstreams[1]?.asked).toHaveLength(1))
    later.resolve({ kind: 'found', body: Readable.from([pdb]), size: undefined })
    expect((await readFill(await request)).equals(pdb)).toBe(true)
    await fills.close(1000)
  })
})

describe('rules', () => {
  const reasonOf = async (
    rules: Partial<UpstreamRules>,
    starter: object = {},
  ): Promise<unknown> => {
    const upstream = fakeUpstream('first', ABSENT)
    const { fills } = await fillBench([upstream], { rules })
    const outcome = await fills.request(PATH, { ...STARTER, ...starter })
    return [outcome.kind === 'absent' && outcome.reason, upstream.asked.length]
  }

  it.each([
    [{ blocklist: ['APP.*'] }, 'blocked', 0],
    [{ blocklist: ['*.sys', 'other.pdb'] }, 'absent', 1],
    [{ blocklist: ['app.pdb/*/app.pdb'] }, 'blocked', 0],
    [{ allowlistEnabled: true, allowlist: ['a?p.pdb'] }, 'absent', 1],
    [{ allowlistEnabled: true, allowlist: ['other.pdb'] }, 'not_listed', 0],
    [{ allowlistEnabled: true, allowlist: [] }, 'not_listed', 0],
    [{ allowlistEnabled: false, allowlist: ['other.pdb'] }, 'absent', 1],
    [{ allowlistEnabled: true, allowlist: ['app.pdb'], blocklist: ['app.pdb'] }, 'blocked', 0],
    [{ kinds: ['pe'] }, 'not_listed', 0],
    [{ kinds: ['pe', 'pdb'] }, 'absent', 1],
    [{ requireChecksum: true }, 'not_listed', 0],
  ] as const)('%j make the answer %s', async (rules, reason, asked) => {
    expect(await reasonOf(rules)).toEqual([reason, asked])
  })

  it('that want a checksum let those pass that present one', async () => {
    expect(await reasonOf({ requireChecksum: true }, { checksum: 'SHA256:00' })).toEqual([
      'absent',
      1,
    ])
  })

  it('keep misses apart for requests whose answers may differ', async () => {
    const upstream = fakeUpstream('first', ABSENT)
    const { fills } = await fillBench([upstream])
    for (const more of [{}, { checksum: 'SHA256:00' }, { acceptsMsfz: true }]) {
      for (const reason of ['absent', 'remembered']) {
        await vi.waitFor(async () =>
          expect(await fills.request(PATH, { ...STARTER, ...more })).toEqual({
            kind: 'absent',
            reason,
          }),
        )
      }
    }
    expect(upstream.asked).toHaveLength(3)
  })
})

describe('failures', () => {
  const ask = async (fills: FillService, index = 1): Promise<unknown> => {
    const path = symbolPathOf(`app.pdb/${GUID}${index}/app.pdb`)
    const outcome = await fills.request(path, STARTER)
    // The fill ends a little after its answer.
    await new Promise((resolve) => setTimeout(resolve, 5))
    return outcome.kind === 'absent' && outcome.reason
  }

  it('of a file put it on the skip list, for some time', async () => {
    let now = Date.now()
    const upstream = fakeUpstream('first', found(wrong))
    const { fills, policy, ruled } = await fillBench([upstream], { now: () => now })
    const reasons = []
    for (let count = 0; count < 5; count++) reasons.push(await ask(fills))
    expect(reasons).toEqual(['mismatch', 'mismatch', 'mismatch', 'skipped', 'skipped'])
    expect(upstream.asked).toHaveLength(3)
    expect(ruled[0] && policy.state(ruled[0])).toEqual({ kind: 'closed', failures: 0 })
    now += 3_600_000
    expect(await ask(fills)).toBe('mismatch')
  })

  it('of the host open its breaker, never touch the skip list, and cost nothing from then on', async () => {
    let now = Date.now()
    const upstream = fakeUpstream('first', TROUBLE)
    const { fills, skips, ruled, policy } = await fillBench([upstream], { now: () => now })
    for (let count = 0; count < 10; count++) expect(await ask(fills)).toBe('trouble')
    expect(upstream.asked).toHaveLength(5)
    expect(skips.list('first', { afterFailedFills: 1, forgetAfterMs: Infinity })).toEqual([])
    expect(ruled[0] && policy.state(ruled[0])).toMatchObject({ kind: 'open', cause: 'status 500' })
    now += 60_000
    for (let count = 0; count < 3; count++) expect(await ask(fills)).toBe('trouble')
    expect(upstream.asked).toHaveLength(6)
  })

  it('with an odd status are the file’s while the host serves others, and taken back when it does not', async () => {
    let isDown = false
    const upstream = fakeUpstream('first', (path) =>
      path.includes(`${GUID}1/`) || isDown ? { ...TROUBLE, reason: 'unavailable' } : ABSENT,
    )
    const { fills, skips } = await fillBench([upstream])
    const counted = () =>
      skips
        .list('first', { afterFailedFills: 1, forgetAfterMs: Infinity })
        .map(({ failedFills }) => failedFills)
    await ask(fills, 2)
    await ask(fills)
    await ask(fills)
    expect(counted()).toEqual([2])
    isDown = true
    for (const index of [3, 4, 5]) await ask(fills, index)
    expect(counted()).toEqual([])
  })
})
