import { describe, expect, it } from 'vitest'
import { archiveOutcome } from '../fuzz/archive-outcome.ts'
import { archivesTarget } from '../fuzz/archives-target.ts'
import { madeArchives } from '../fuzz/made-archives.ts'
import { makeInput } from '../fuzz/make-input.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MUTANTS_PER_FILE = 500

describe('mutated archives', () => {
  it.each(madeArchives().map((sound) => [sound.name, sound] as const))(
    'end in entries or an AppError: mutants of %s',
    async (name, sound) => {
      const folder = tempDir()
      const target = archivesTarget(folder)
      expect(await archiveOutcome(sound, folder)).toEqual({ end: 'read', problems: [] })
      let refused = 0
      for (let round = 0; round < MUTANTS_PER_FILE; round++) {
        const mutant = makeInput(target, [sound], name, round)
        const { end, problems } = await archiveOutcome(mutant, folder)
        expect([round, problems]).toEqual([round, []])
        if (end === 'refused') refused += 1
      }
      expect(refused).toBeGreaterThan(MUTANTS_PER_FILE / 10)
    },
  )
})
