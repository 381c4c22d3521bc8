import { describe, expect, it } from 'vitest'
import { errorAnswer } from '../../src/http/error-answer.ts'
import { AppError } from '../../src/lib/app-error.ts'

describe('errorAnswer', () => {
  it.each([
    ['token_missing', 401],
    ['token_invalid', 403],
    ['limit_exceeded', 413],
    ['unsupported_format', 415],
    ['archive_damaged', 422],
    ['archive_hostile', 422],
    ['name_required', 422],
    ['nothing_to_store', 422],
    ['package_rejected', 422],
    ['busy', 429],
    ['disk_full', 507],
    ['request_invalid', 400],
    ['upload_interrupted', 400],
    ['not_found', 404],
  ] as const)('%s is %d, with its code and sentence', (code, status) => {
    const answer = errorAnswer(new AppError(code, 'what is wrong'))
    expect(answer).toMatchObject({ status, error: { code, message: 'what is wrong' } })
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('tells busy clients when to come again, and nameless ones how to say who they are', () => {
    expect(errorAnswer(new AppError('busy', '')).headers['retry-after']).toMatch(/^\d+$/)
    expect(errorAnswer(new AppError('token_missing', '')).headers['www-authenticate']).toMatch(
      /^Basic realm="symgate"/,
    )
    expect(errorAnswer(new AppError('token_invalid', '')).headers).not.toHaveProperty(
      'www-authenticate',
    )
  })

  it.each([
    new Error('/secret/path'),
    new TypeError('x'),
    'text',
    undefined,
    null,
    { code: 'busy' },
  ])('tells nothing of an unknown error (%s)', (error) => {
    expect(errorAnswer(error)).toEqual({
      status: 500,
      headers: { 'cache-control': 'no-store' },
      error: { code: 'internal', message: 'the server failed; its log says how' },
    })
  })
})
