import { describe, expect, it } from 'vitest'
import { loggedPath } from '../../src/http/logged-path.ts'

const TOKEN = 'abcdefgh234567abcdefgh234567abcdefgh2345'
const SYMBOL = 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb'

describe('loggedPath', () => {
  it.each([
    [`/${SYMBOL}`, `/${SYMBOL}`],
    [`/download/symbols/${SYMBOL}`, `/download/symbols/${SYMBOL}`],
    [`/symbols/${SYMBOL}`, `/symbols/${SYMBOL}`],
    ['/api/v1/uploads?tag=1', '/api/v1/uploads'],
    ['/api/v1/symbols?q=a', '/api/v1/symbols'],
    ['/ui/symbols', '/ui/symbols'],
    [`/t/${TOKEN}/${SYMBOL}`, `/t/***/${SYMBOL}`],
    [`/${TOKEN}/symbols?tag=1`, '/***/symbols'],
    [`/team/${TOKEN}/symbols&tag=1`, '/team/***/symbols'],
    ['/', '/'],
    ['', ''],
    ['*', '*'],
  ])('%s is logged as %s', (target, logged) => {
    expect(loggedPath(target)).toBe(logged)
  })

  it('is / for a request without a target', () => {
    expect(loggedPath(undefined)).toBe('/')
  })

  const wrong = 'not-a-token-but-what-stands-in-its-place'
  const upper = TOKEN.toUpperCase()
  it.each([
    `/${TOKEN}`,
    `/${TOKEN}/${SYMBOL}`,
    `/t/${upper}/${SYMBOL}`,
    `/T/${wrong}/${SYMBOL}`,
    `/t/${wrong}`,
    `//t//${wrong}//${SYMBOL}`,
    `/t/${TOKEN}x/${SYMBOL}`,
    `/t/x${TOKEN}/symbols/${SYMBOL}`,
    `/t/${wrong}?token=${TOKEN}`,
    `/${wrong}/symbols`,
    `/${wrong}/symbols/`,
    `/${wrong}/symbols/?tag=1`,
    `/any/${wrong}/symbols`,
    `/any/${wrong}/symbols&tag=1&token=${TOKEN}`,
    `/api/post?token=${wrong}&format=symbols`,
    `/post?token=${wrong}`,
    `/post&token=${TOKEN}`,
    `/api/v1/uploads?token=${TOKEN}`,
    `/${'x'.repeat(270)}/${TOKEN}/symbols`,
    `/t/${wrong}/${'x'.repeat(400)}`,
    `http://host/${TOKEN}/symbols`,
    `http://host/t/${wrong}/${SYMBOL}`,
    `/t/${[...wrong].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('')}/${SYMBOL}`,
    `/t%2F${wrong}/${SYMBOL}`,
    `/t%2f${TOKEN}%2F${SYMBOL}`,
    `/%74/${wrong}/${SYMBOL}`,
  ])('%s shows no part of a token', (target) => {
    const logged = loggedPath(target)
    const secrets = [TOKEN, upper, wrong]
    for (const secret of secrets)
      for (let at = 0; at + 8 <= secret.length; at++)
        expect(logged).not.toContain(secret.slice(at, at + 8))
    expect(logged).not.toContain('%6e%6f%74')
  })

  it('is short, however long the target', () => {
    expect(loggedPath(`/${'x'.repeat(60_000)}`).length).toBeLessThanOrEqual(300)
  })
})
