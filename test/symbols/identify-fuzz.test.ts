import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { couldBeSymbol } from '../../src/symbols/could-be-symbol.ts'
import { identify } from '../../src/symbols/identify.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { MemoryReader } from '../helpers/memory-reader.ts'

const MUTANTS_PER_FILE = 60
const MAX_SEED_FILE_BYTES = 20_000
/** As much as the readers allow themselves for one file, and in one call. */
const MAX_BYTES_ASKED = 64 << 20
const MAX_CALL_BYTES = 8 << 20

/** What no path in a store may contain. */
const HOSTILE = /\p{Cc}|\\|(?:^|\/)\.{0,2}(?:\/|$)/u

const guid = '00112233445566778899AABBCCDDEEFF'
const made: readonly (readonly [string, Buffer])[] = [
  ['made.pdb', makePdb({ guid, age: 1, pageSize: 512, payload: Buffer.alloc(4000, 1) })],
  [
    'made.dll',
    makePe({ timestamp: 1, sizeOfImage: 4096, codeView: { guid, age: 1, pdbName: 'a.pdb' } }),
  ],
  ['made.so', makeElf({ buildId: 'aa'.repeat(20) })],
  ['made.debug', makeElf({ buildId: 'aa'.repeat(20), debug: true })],
]
const corpus = openCorpus()
const real = (corpus?.rows ?? [])
  .filter(
    ({ path, bytes }) =>
      /^(?:win|dotnet|elf|macho|sym|wasm)\//.test(path) && bytes < MAX_SEED_FILE_BYTES,
  )
  .map(({ path }): readonly [string, Buffer] => [path, readFileSync(corpus?.path(path) ?? '')])

describe('identify on damaged files', () => {
  it.each([...made, ...real])(
    'answers and stays within its limits for mutants of %s',
    async (path, bytes) => {
      const random = generator(path)
      for (let round = 0; round < MUTANTS_PER_FILE; round++) {
        const mutant = mutate(bytes, random)
        const reader = new MemoryReader(mutant)
        const found = await identify(reader, basename(path))
        expect(['accept', 'reject', 'skip']).toContain(found.status)
        expect(reader.bytesAsked).toBeLessThanOrEqual(MAX_BYTES_ASKED)
        expect(reader.longest).toBeLessThanOrEqual(MAX_CALL_BYTES)
        const keys = found.status === 'accept' ? found.keys : []
        expect(keys.filter((key) => HOSTILE.test(key))).toEqual([])
        expect(couldBeSymbol(mutant.subarray(0, 4096)) || found.status !== 'accept').toBe(true)
      }
    },
  )
})

/** Cuts, flips bits, and writes the numbers that break parsers, mostly near the start where the headers are. */
function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  const mutant = Buffer.from(
    random(4) === 0 ? bytes.subarray(0, random(bytes.byteLength + 1)) : bytes,
  )
  if (mutant.byteLength < 8) return mutant
  const reach = random(2) === 0 ? Math.min(512, mutant.byteLength) : mutant.byteLength
  for (let change = random(6); change >= 0; change--) {
    const at = 4 + random(reach - 7)
    const word =
      [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0, mutant.byteLength][random(7)] ?? 0
    if (random(3) === 0) mutant[at] = (mutant[at] ?? 0) ^ (1 << random(8))
    else if (random(2) === 0) mutant.writeUInt32LE(word, at)
    else mutant.writeUInt32BE(word, at)
  }
  return mutant
}

/** Repeatable random numbers, seeded by a text (mulberry32). */
function generator(seed: string): (below: number) => number {
  let state = 0
  for (const character of seed)
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x9e3779b1)
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
