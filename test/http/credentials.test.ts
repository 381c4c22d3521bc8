import { expect, it } from 'vitest'
import { presentedToken } from '../../src/http/credentials.ts'

const token = (headers: Record<string, string>): string | undefined => presentedToken({ headers })
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

it.each([
  ['Bearer tok', 'tok'],
  ['bearer   tok  ', 'tok'],
  ['BEARER\ttok', 'tok'],
  [basic('user:tok'), 'tok'],
  [basic(':tok'), 'tok'],
  [basic('tok:'), 'tok'],
  [basic('tok'), 'tok'],
  [basic('user:with:colons'), 'with:colons'],
  [basic('größe:tök'), 'tök'],
  [basic('user:tok').replace('Basic', 'bAsIc'), 'tok'],
  ['Basic !!!', ''],
])('%s presents %j', (authorization, expected) => {
  expect(token({ authorization })).toBe(expected)
})

it.each(['Negotiate abc', 'Digest username="x"', 'Bearer', 'tok', ''])(
  '%j presents nothing',
  (authorization) => {
    expect(token({ authorization })).toBeUndefined()
  },
)

it('Auth-Token goes before Authorization', () => {
  expect(token({ 'auth-token': ' tok ', authorization: 'Bearer other' })).toBe('tok')
  expect(token({})).toBeUndefined()
})

it('a label behind the token, as tecken has it, is dropped', () => {
  expect(token({ 'auth-token': 'tok-nightly builds' })).toBe('tok')
})

it('Backtrace’s command line and NuGet have headers of their own', () => {
  expect(token({ 'x-coroner-token': ' tok ' })).toBe('tok')
  expect(token({ 'x-nuget-apikey': 'tok', authorization: 'Bearer other' })).toBe('tok')
})
