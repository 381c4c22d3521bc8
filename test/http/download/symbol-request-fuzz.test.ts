import { expect, test } from 'vitest'
import { matchSymbolRequest } from '../../../src/http/download/symbol-request.ts'
import { makeInput } from '../../fuzz/make-input.ts'
import { pathsTarget } from '../../fuzz/paths-target.ts'

const ROUNDS = 60_000

test('no request target is taken for a symbol that would do harm as key of a store', async () => {
  const seeds = pathsTarget.seeds(Infinity)
  let symbols = 0
  for (let round = 0; round < ROUNDS; round++) {
    const input = makeInput(pathsTarget, seeds, 'short', round)
    const problems = await pathsTarget.check(input)
    const target = input.bytes.toString('utf16le')
    if (problems.length > 0) expect([target, problems]).toEqual([target, []])
    if (matchSymbolRequest(target).kind === 'symbol') symbols++
  }
  expect(symbols).toBeGreaterThan(ROUNDS / 10)
})
