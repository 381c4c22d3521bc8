import type { RandomNumbers } from '../helpers/random-numbers.ts'

/** Bytes as they would arrive, with a file name. */
export interface FuzzInput {
  readonly name: string
  readonly bytes: Buffer
}

/** One kind of input, and what has to hold whatever the bytes are. */
export interface FuzzTarget {
  /** Sound and hostile inputs to begin with: made ones, and those of the corpus where it is there. */
  seeds(maxBytes: number): readonly FuzzInput[]
  /** Another input, made of a seed; `donor` is a second one to take pieces from. */
  vary(seed: FuzzInput, donor: FuzzInput, random: RandomNumbers): FuzzInput
  /** What is wrong with the outcome, one line each. Throws what the code under test must never throw. */
  check(input: FuzzInput): Promise<readonly string[]>
  /** Ends what was started for the checks. */
  close?(): Promise<void>
}
