import { describe, expect, test } from 'vitest'
import { matchSymbolRequest } from '../../../src/http/download/symbol-request.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PATH = `game.pdb/${GUID}1/game.pdb`
const TOKEN = 'o7qvrdusbquvuftse42rabcdefghijklmnopqrst'
const BASES: readonly (readonly [string, string | undefined])[] = [
  ['', undefined],
  ['/symbols', undefined],
  ['/Download/Symbols', undefined],
  [`/t/${TOKEN}`, TOKEN],
  [`/T/${TOKEN}/symbols`, TOKEN],
  [`/t/${TOKEN}/download/symbols`, TOKEN],
  [`/t/${TOKEN.toUpperCase()}/SYMBOLS`, TOKEN.toUpperCase()],
  ['/single', undefined],
  ['/symbols/Single', undefined],
  [`/t/${TOKEN}/single`, TOKEN],
  [`/t/${TOKEN}/download/symbols/single`, TOKEN],
]

/** The canonical path of a request for a symbol, or what else it is. */
function asked(target: string): string {
  const request = matchSymbolRequest(target)
  return request.kind === 'symbol' ? request.path.canonical : request.kind
}

describe.each(BASES)('below %j', (base, token) => {
  test.each([PATH, `ga/${PATH}`, `game.pdb/${GUID}1/msfz0/game.pdb`])('%s is a symbol', (path) => {
    const canonical = path.replace(/^ga\//, '').toLowerCase()
    const isSingle = base.toLowerCase().endsWith('/single')
    const expected = { kind: 'symbol', token, isSingle, path: { canonical } }
    expect(matchSymbolRequest(`${base}/${path}`)).toMatchObject(expected)
    expect(matchSymbolRequest(`${base}//${path}/`)).toMatchObject(expected)
    expect(matchSymbolRequest(`${base}/${path}?try=1&x=/%zz`)).toMatchObject(expected)
    expect(matchSymbolRequest(`HTTP://host:8080${base}/${path}`)).toMatchObject(expected)
  })

  test.each(['index2.txt', 'pingme.txt', 'file.ptr'])('%s is a probe', (file) => {
    const expected = { kind: 'probe', file, token }
    expect(matchSymbolRequest(`${base}/${file}`)).toEqual(expected)
    expect(matchSymbolRequest(`${base}//${file.toUpperCase()}?`)).toEqual(expected)
  })

  test('file.ptr beside a symbol is its pointer', () => {
    const target = `${base}/game.pdb/${GUID}1/file.ptr`
    expect(matchSymbolRequest(target)).toMatchObject({ kind: 'symbol', path: { form: 'pointer' } })
  })

  test('hostile names and bogus ids are malformed', () => {
    expect(matchSymbolRequest(`${base}/CON/${GUID}1/CON`)).toEqual({ kind: 'malformed', token })
    const bogus = `game.pdb/${'0'.repeat(33)}/game.pdb`
    expect(matchSymbolRequest(`${base}/${bogus}`)).toEqual({ kind: 'malformed', token })
  })
})

describe('decoding', () => {
  test.each([
    [`/game.pdb%2F${GUID}1%2fgame.pdb`, PATH.toLowerCase()],
    [`/symbols%2Fgame.pdb/${GUID}1/game.pdb`, PATH.toLowerCase()],
    [`/%67ame.pdb/${GUID}1/g%61me.pdb`, PATH.toLowerCase()],
    [`///symbols///game.pdb//${GUID}1/%2Fgame.pdb///`, PATH.toLowerCase()],
    ['/a+b.dll/5AB380779000/a+b.dll', 'a+b.dll/5ab380779000/a+b.dll'],
    ['/a%2Bb.dll/5AB380779000/a%2bb.dll', 'a+b.dll/5ab380779000/a+b.dll'],
    ['/a%20b.dll/5AB380779000/a%20b.dll', 'a b.dll/5ab380779000/a b.dll'],
    ['/%C3%BC.dll/5AB380779000/%c3%bc.dll', 'ü.dll/5ab380779000/ü.dll'],
    ['/a~(1).dll/5AB380779000/a~%281%29.dll', 'a~(1).dll/5ab380779000/a~(1).dll'],
    ['/a%252e.dll/5AB380779000/a%252e.dll', 'a%2e.dll/5ab380779000/a%2e.dll'],
    ['/a%3Fb.dll/5AB380779000/a%3Fb.dll?a=b', 'a?b.dll/5ab380779000/a?b.dll'],
  ])('%s asks for %s', (target, canonical) => {
    expect(asked(target)).toBe(canonical)
  })

  test.each([
    [`/game.pdb/${GUID}1/game.pd%`],
    [`/game.pdb/${GUID}1/%zz`],
    [`/%ff/${GUID}1/%ff`],
    [`/%C0%AE%C0%AE/${GUID}1/%C0%AE%C0%AE`],
    [`/%ED%A0%80/${GUID}1/%ED%A0%80`],
    [`/a%00.pdb/${GUID}1/a%00.pdb`],
    [`/a%0A.pdb/${GUID}1/a%0A.pdb`],
    [`/%2e%2e/${GUID}1/%2E%2E`],
    [`/../${GUID}1/..`],
    [`/C:%5Csrc%5Ca.pdb/${GUID}1/C:%5Csrc%5Ca.pdb`],
    [`/${'a'.repeat(300)}.pdb/${GUID}1/${'a'.repeat(300)}.pdb`],
    [`/${'a/'.repeat(5000)}`],
    [`/${'%'.repeat(9000)}`],
  ])('%s is malformed', (target) => {
    expect(matchSymbolRequest(target)).toEqual({ kind: 'malformed', token: undefined })
  })

  test('a query may be of any length', () => {
    expect(asked(`/${PATH}?${'x'.repeat(20_000)}`)).toBe(PATH.toLowerCase())
  })
})

describe('what the router answers', () => {
  test.each([
    '/',
    '//',
    '',
    '*',
    'host:443',
    'http://host',
    'http://host?/a.dll/5AB380779000/a.dll',
    'ftp://host/a.dll/5AB380779000/a.dll',
    '/healthz',
    '/metrics',
    '/symbols',
    '/download/symbols/',
    '/t/abc',
    '/t/abc/symbols',
    '/t/index2.txt',
    '/ui/uploads',
    '/ui/pingme.txt',
    '/api/v1/uploads',
    `/api/v1/uploads/${GUID}`,
    `/api/v1/symbols?q=${PATH}`,
    `/api/v1/explain?path=/${PATH}`,
    `/buildid/${GUID}/debuginfo`,
    `/buildid/${GUID}/source/usr/include/stdio.h`,
    `/v1/symbols/game.pdb/${GUID}1:checkStatus`,
    '/single',
    `/single/single/${PATH}`,
    `/single/symbols/${PATH}`,
    `/download/${PATH}`,
    `/symbols/symbols/${PATH}`,
    `/symbols/t/${TOKEN}/${PATH}`,
    `/other/${PATH}`,
    `/c:/projects/src/out/game.pdb/${GUID}1/game.pdb`,
    '/000Admin/server.txt',
    '/symbols/000Admin/0000000001',
    '/../../etc/passwd',
  ])('is %s', (target) => {
    expect(matchSymbolRequest(target)).toEqual({ kind: 'none' })
  })
})

describe('a base path is only one where a whole symbol path remains', () => {
  test.each([
    [`/symbols/${GUID}/symbols`, 'symbols', undefined],
    [`/symbols/${GUID}/symbols.sym`, 'symbols', undefined],
    [`/symbols/symbols/${GUID}/symbols`, 'symbols', undefined],
    [`/sy/symbols/${GUID}/symbols`, 'symbols', undefined],
    [`/t/${GUID}/t`, 't', undefined],
    [`/t/t/${GUID}/t`, 't', undefined],
    [`/t/t.pdb/${GUID}/t.pdb`, 't.pdb', undefined],
    [`/t/t.pdb/a.pdb/${GUID}1/a.pdb`, 'a.pdb', 't.pdb'],
    [`/t/${TOKEN}/symbols/${GUID}/symbols`, 'symbols', TOKEN],
    [`/t/${TOKEN}/t/${GUID}/t`, 't', TOKEN],
    [`/api/${GUID}/api`, 'api', undefined],
    [`/single/${GUID}/single`, 'single', undefined],
    [`/si/single/${GUID}/single`, 'single', undefined],
    [`/download/${GUID}/download`, 'download', undefined],
  ])('%s asks for %s', (target, name, token) => {
    expect(matchSymbolRequest(target)).toMatchObject({ kind: 'symbol', path: { name }, token })
  })
})
