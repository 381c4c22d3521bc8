import { describe, expect, it } from 'vitest'
import { FillSpool } from '../../src/lookup/fill-spool.ts'
import { fakeUpstream, found } from '../helpers/fake-upstream.ts'
import { fillBench, readFill } from '../helpers/fill-bench.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const STARTER = { requestId: 'r', via: '1.1 me', acceptsMsfz: false, checksum: undefined }

function disk(minBytes: number) {
  const state = { isLow: true }
  return { state, minBytes, isLow: async () => state.isLow }
}

describe('FillSpool', () => {
  it('has room for all, and keeps it, while enough is free', async () => {
    const { state, ...space } = disk(100)
    state.isLow = false
    const room = new FillSpool(space).open()
    expect([await room.fits(1e9), await room.take(1e9), room.isKept]).toEqual([true, true, true])
  })

  it('has half of what is to stay free for fills that are not kept', async () => {
    const spool = new FillSpool(disk(100))
    const [first, second] = [spool.open(), spool.open()]
    expect([await first.fits(50), await first.fits(51)]).toEqual([true, false])
    expect([await first.take(40), first.isKept]).toEqual([true, false])
    expect([await second.take(11), await second.take(10)]).toEqual([false, true])
    first.release()
    expect(await second.take(40)).toBe(true)
  })

  it('counts all of a fill under which the disk becomes low', async () => {
    const space = disk(100)
    space.state.isLow = false
    const spool = new FillSpool(space)
    const [small, large] = [spool.open(), spool.open()]
    await small.take(30)
    await large.take(60)
    space.state.isLow = true
    expect([await small.take(1), await large.take(1)]).toEqual([true, false])
    expect([small.isKept, await spool.open().fits(20)]).toEqual([false, false])
  })
})

describe('a fill on a low disk', () => {
  it('reaches those who asked, is not kept and leaves nothing', async () => {
    const pdb = makePdb({ guid: GUID, age: 1, size: 200_000 })
    const bench = await fillBench([fakeUpstream('first', found(pdb))], { space: disk(1 << 20) })
    const outcome = await bench.fills.request(symbolPathOf(`a.pdb/${GUID}1/a.pdb`), STARTER)
    expect((await readFill(outcome)).equals(pdb)).toBe(true)
    await bench.fills.close(1000)
    expect([bench.cached(), bench.staged(), bench.dropped()]).toEqual([[], [], 1])
  })

  it('is trouble when the reserve is too small for it, and no fault of the file', async () => {
    const pdb = makePdb({ guid: GUID, age: 1, size: 200_000 })
    const bench = await fillBench([fakeUpstream('first', found(pdb))], {
      space: disk(200_000),
      rules: { skip: { afterFailedFills: 1, forgetAfterMs: Infinity } },
    })
    const path = symbolPathOf(`a.pdb/${GUID}1/a.pdb`)
    for (let round = 0; round < 3; round++)
      expect(await bench.fills.request(path, STARTER)).toEqual({
        kind: 'absent',
        reason: 'trouble',
      })
  })
})
