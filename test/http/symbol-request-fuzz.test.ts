import { expect, test } from 'vitest'
import { matchSymbolRequest } from '../../src/http/symbol-request.ts'

const ROUNDS = 30_000
/** Pieces that parsers of paths trip over, and those that make a symbol path of them. */
const PIECES = (
  '/ // %2F \\ %5C . .. %2e%2e %00 %0a % %zz %C3 : %20 ? # _ + - f ü %F0%9F%98%80 ' +
  'a.pdb a.pd_ a.sym file.ptr index2.txt CON web.config msfz0 symbols t download ' +
  '497B72F6390A44FC878E5A2D63B6CC4B1 5AB380779000 elf-buildid-a1 FFFFFFFF 000000000'
)
  .split(' ')
  .concat(' ', '\0', '\ud800')

/** A small generator with a seed (mulberry32), so that a failure comes again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Reads `ROUNDS` targets; how many were symbols, and which of these would do harm as keys of a store. */
function readAll(target: () => string): { symbols: number; harmful: string[] } {
  const harmful: string[] = []
  let symbols = 0
  for (let round = 0; round < ROUNDS; round++) {
    const text = target()
    const request = matchSymbolRequest(text)
    if (request.kind !== 'symbol') continue
    symbols++
    const { name, id, file, storePath } = request.path
    const filed = storePath.split('/')
    if (filed.length > 4 || [name, id, file, ...filed].some(isHarmful)) harmful.push(text)
  }
  return { symbols, harmful }
}

function isHarmful(segment: string): boolean {
  return /^\.*$|[\p{Cc}/\\:]|[. ]$/u.test(segment) || !segment.isWellFormed()
}

test('random bytes are read without trouble, and never as a harmful symbol', () => {
  const random = randomFrom(1)
  const byte = (): number => random(256)
  const target = (): string => String.fromCharCode(...Array.from({ length: random(60) }, byte))
  expect(readAll(() => `/${target()}`).harmful).toEqual([])
})

test('nor are random pieces of paths', () => {
  const random = randomFrom(2)
  const piece = (): string => PIECES[random(PIECES.length)] ?? ''
  const target = (): string => Array.from({ length: random(12) }, piece).join('')
  expect(readAll(target).harmful).toEqual([])
})

test('nor are symbol paths with random flaws', () => {
  const random = randomFrom(3)
  const piece = (): string => PIECES[random(PIECES.length)] ?? ''
  const { symbols, harmful } = readAll(() => {
    const flaw = random(2) === 0 ? '' : piece()
    const name = `${random(2) === 0 ? flaw : ''}a${flaw}.pdb${random(4) === 0 ? flaw : ''}`
    const id = `497B72F6390A44FC878E5A2D63B6CC4B${random(3) === 0 ? piece() : random(100)}`
    const base = ['', '/symbols', '/t/x', '/t/x/symbols', `/${piece()}`][random(5)] ?? ''
    return `${base}/${name}/${id}/${name}`
  })
  expect(harmful).toEqual([])
  expect(symbols).toBeGreaterThan(ROUNDS / 10)
})
