import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { parseSymbolPath } from '../../src/symbols/symbol-path.ts'
import { LeasedUpstream } from '../../src/upstream/leased-upstream.ts'
import type { Upstream } from '../../src/upstream/upstream.ts'

test('an upstream that was taken out of use sends what it has begun, and nobody is to blame for the rest', async () => {
  const match = parseSymbolPath(['a.pdb', '497B72F6390A44FC878E5A2D63B6CC4B1', 'a.pdb'])
  if (match.kind !== 'symbol') throw new Error('no symbol path')
  const body = new Readable({ read: () => {} })
  const close = vi.fn<Upstream['close']>(() => Promise.resolve())
  const leased = new LeasedUpstream({
    name: 'partner',
    isPublic: false,
    missRetryAfterMs: 0,
    hasPlaceFor: () => true,
    fetch: () => Promise.resolve({ kind: 'found', body, size: undefined }),
    close,
  })
  const request = { path: match.path, acceptsMsfz: false, checksum: undefined, via: '1.1 test' }
  const { signal } = new AbortController()
  expect(await leased.fetch(request, signal)).toMatchObject({ kind: 'found' })

  leased.retire()
  expect(close).not.toHaveBeenCalled()
  body.destroy()
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce())

  expect(await leased.fetch(request, signal)).toMatchObject({ kind: 'trouble', blame: 'beyond' })
})
