import { expect, it } from 'vitest'
import { tempDir } from '../helpers/temp-dir.ts'
import { torture } from './torture.ts'

it('4 kills at random instants break no promise', { timeout: 180_000 }, async () => {
  let survived = 0
  const { counts } = await torture({
    kills: 4,
    seed: 'short',
    folder: tempDir(),
    survived: (kills) => (survived = kills),
  })
  expect(survived).toBe(4)
  expect(counts.uploads).toBeGreaterThan(0)
})
