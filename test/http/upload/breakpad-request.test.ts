import { expect, it } from 'vitest'
import { matchBreakpad } from '../../../src/http/upload/breakpad-request.ts'

it.each([
  [
    'GET',
    '/v1/symbols/app.pdb/ABC1:checkStatus?key=tok',
    { step: 'status', file: 'app.pdb', id: 'ABC1', token: 'tok' },
  ],
  [
    'GET',
    '//v1/symbols/a%20b.so/ABC1:checkStatus',
    { step: 'status', file: 'a b.so', id: 'ABC1', token: undefined },
  ],
  ['POST', '/v1/uploads:create?key=tok', { step: 'create', token: 'tok' }],
  ['PUT', '/v1/uploads/abc234', { step: 'send', key: 'abc234', token: undefined }],
  ['POST', '/v1/uploads/abc234:complete?key=t', { step: 'complete', key: 'abc234', token: 't' }],
])('%s %s is a step of sym-upload v2', (method, target, step) => {
  expect(matchBreakpad(method, target)).toEqual(step)
})

it.each([
  ['GET', '/v1/symbols/app.pdb/ABC1'],
  ['GET', '/v1/symbols/%ff/ABC1:checkStatus'],
  ['GET', '/v1/uploads:create'],
  ['POST', '/v1/uploads/abc234'],
  ['PUT', '/v1/uploads/abc234:complete'],
  ['PUT', '/v1/uploads/ABC/def'],
  ['PUT', '/api/v1/uploads'],
])('%s %s is none', (method, target) => {
  expect(matchBreakpad(method, target)).toBeUndefined()
})
