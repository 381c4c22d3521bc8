import { expect, it } from 'vitest'
import { FillArrivals } from '../../src/lookup/fill-arrivals.ts'

it('looks up what fills brought at once, for each upstream, and tells of what had been missing', async () => {
  const asked: unknown[] = []
  const told: unknown[] = []
  const failures: unknown[] = []
  const arrivals = new FillArrivals({
    missing: {
      markFound: async (identities, by) => {
        asked.push([by, identities])
        if (by.upstream === 'broken') throw new Error('the disk is full')
        return by.upstream === 'one' ? [RECORD] : []
      },
    },
    found: (upstream, records) => told.push([upstream, records]),
    failed: (error) => failures.push(error),
  })
  arrivals.note(['a', 'b'], 'one')
  arrivals.note(['x'], 'broken')
  arrivals.note(['c'], 'two')
  arrivals.note(['b'], 'one')
  await arrivals.flush()
  await arrivals.flush()
  expect(asked).toEqual([
    [{ upstream: 'one' }, ['a', 'b']],
    [{ upstream: 'broken' }, ['x']],
    [{ upstream: 'two' }, ['c']],
  ])
  expect(told).toEqual([['one', [RECORD]]])
  expect(failures).toEqual([new Error('the disk is full')])
})

const RECORD = {
  path: 'a/1/a',
  storePath: 'a/1/a',
  reason: 'absent',
  count: 1,
  firstAtMs: 1,
  lastAtMs: 1,
  isTrusted: false,
  userAgents: [],
  found: undefined,
}
