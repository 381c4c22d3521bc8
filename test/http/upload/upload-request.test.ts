import { describe, expect, it } from 'vitest'
import { matchUpload } from '../../../src/http/upload/upload-request.ts'

describe('an upload', () => {
  it.each([
    ['POST', '/api/v1/uploads', 'api', undefined, ''],
    ['PUT', '/api/v1/uploads/', 'api', undefined, ''],
    ['PUT', '/api/v1/uploads?tag=a%20b&strict=1', 'api', undefined, 'tag=a+b&strict=1'],
    ['POST', '/api/v1/uploads?token=tok', 'api', 'tok', 'token=tok'],
    ['POST', '/tok/symbols', 'backtrace', 'tok', ''],
    ['POST', '/tok/symbols/', 'backtrace', 'tok', ''],
    ['POST', '/tok/symbols?tag=1', 'backtrace', 'tok', 'tag=1'],
    ['POST', '/tok/symbols&tag=1&upload_file=a%26b', 'backtrace', 'tok', 'tag=1&upload_file=a%26b'],
    ['POST', '/tok/symbols/&tag=1', 'backtrace', 'tok', 'tag=1'],
    ['POST', '/tok/symbols&tag=2?tag=1', 'backtrace', 'tok', 'tag=1&tag=2'],
    ['POST', '/universe/tok/symbols', 'backtrace', 'tok', ''],
    ['POST', '/universe/tok/symbols&tag=1', 'backtrace', 'tok', 'tag=1'],
    ['POST', '/api/post?token=tok&format=symbols', 'backtrace', 'tok', 'token=tok&format=symbols'],
    ['POST', '/api/post', 'backtrace', undefined, ''],
    ['POST', '/post/?token=tok', 'backtrace', 'tok', 'token=tok'],
    ['POST', '/tok/symbols?token=other', 'backtrace', 'tok', 'token=other'],
  ])('%s %s', (method, target, form, urlToken, parameters) => {
    const upload = matchUpload(method, target)
    expect(upload).toMatchObject({ form, urlToken })
    expect(upload?.parameters.toString()).toBe(parameters)
  })

  it('takes a token that is empty for none', () => {
    expect(matchUpload('POST', '/api/v1/uploads?token=')?.urlToken ?? undefined).toBeFalsy()
  })
})

it.each([
  ['GET', '/tok/symbols'],
  ['DELETE', '/api/v1/uploads'],
  ['PUT', '/tok/symbols'],
  ['PUT', '/api/post?token=tok'],
  ['POST', '/symbols'],
  ['POST', '/'],
  ['POST', '/a/b/c/symbols'],
  ['POST', '/tok/symbols/app.pdb'],
  ['POST', '/tok/symbolsx'],
  ['POST', '/api/v1/uploads/1'],
  ['POST', '/?/tok/symbols'],
  ['POST', '/x?y=/tok/symbols'],
])('%s %s is no upload', (method, target) => {
  expect(matchUpload(method, target)).toBeUndefined()
})
