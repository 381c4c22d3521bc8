import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { forwardedVia } from '../../src/http/via.ts'

const via = (value?: string): string | undefined =>
  forwardedVia({ headers: value === undefined ? {} : { via: value } } as IncomingMessage, 'me')

it('a request that comes from a client begins the list', () => {
  expect(via()).toBe('1.1 symgate-me')
})

it('one that has passed others is added to their list', () => {
  expect(via('1.0 fred, 1.1 symgate-other')).toBe('1.0 fred, 1.1 symgate-other, 1.1 symgate-me')
})

it('one that has been here before is not passed on', () => {
  expect(via('1.1 symgate-other, 1.1 symgate-me, 1.1 nginx')).toBeUndefined()
})
