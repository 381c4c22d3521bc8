import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { forwardedVia } from '../../../src/http/download/via.ts'

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

describe('X-Forwarded-For, which debuginfod servers hand on', () => {
  const behind = (forwards: string): string | undefined =>
    forwardedVia({ headers: { 'x-forwarded-for': forwards } } as unknown as IncomingMessage, 'me')

  it('ends a request that has been here before', () => {
    expect(behind('10.0.0.7, symgate-me, 127.0.0.1')).toBeUndefined()
  })

  it('ends a request that more than eight have forwarded', () => {
    expect(behind(Array(8).fill('10.0.0.7').join(', '))).toBe('1.1 symgate-me')
    expect(behind(Array(9).fill('10.0.0.7').join(', '))).toBeUndefined()
  })
})
