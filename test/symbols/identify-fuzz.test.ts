import { describe, expect, it } from 'vitest'
import { identifyTarget } from '../fuzz/identify-target.ts'
import { makeInput } from '../fuzz/make-input.ts'

const MUTANTS_PER_FILE = 60
const MAX_SEED_BYTES = 20_000

describe('identify on damaged files', () => {
  const seeds = identifyTarget.seeds(MAX_SEED_BYTES)

  it.each(seeds.map((seed) => [seed.name, seed] as const))(
    'answers and stays within its limits for mutants of %s',
    async (name, seed) => {
      expect(await identifyTarget.check(seed)).toEqual([])
      for (let round = 0; round < MUTANTS_PER_FILE; round++) {
        const mutant = makeInput(identifyTarget, [seed], name, round)
        expect([round, await identifyTarget.check(mutant)]).toEqual([round, []])
      }
    },
  )
})
