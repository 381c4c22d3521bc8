import { describe, expect, it } from 'vitest'
import { acceptsMsfz } from '../../../src/http/download/accepts-msfz.ts'

describe('acceptsMsfz', () => {
  it.each([
    'application/msfz0',
    'APPLICATION/MSFZ0',
    '*/*, application/msfz0',
    ' application/msfz0 ;q=0.5',
    'application/octet-stream, application/msfz0;q=0.001',
  ])('is true for %j', (accept) => {
    expect(acceptsMsfz(accept)).toBe(true)
  })

  it.each([
    undefined,
    '',
    '*/*',
    'application/*',
    'application/msfz',
    'application/msfz1',
    'application/msfz0;q=0',
    'application/msfz0; q=0.000',
  ])('is false for %j', (accept) => {
    expect(acceptsMsfz(accept)).toBe(false)
  })
})
