import { randomNumbers } from '../helpers/random-numbers.ts'
import type { FuzzInput, FuzzTarget } from './fuzz-target.ts'

/** The input of one round: the same one for the same seeds, seed and round, whoever asks and when. */
export function makeInput(
  target: FuzzTarget,
  seeds: readonly FuzzInput[],
  seed: string,
  round: number,
): FuzzInput {
  const random = randomNumbers(`${seed}/${round}`)
  const [base, donor] = [seeds[random(seeds.length)], seeds[random(seeds.length)]]
  if (base === undefined || donor === undefined) throw new Error('there are no seeds')
  return target.vary(base, donor, random)
}
