import { expect, test } from 'vitest'
import { nearestWord } from '../../src/lib/nearest-word.ts'

const words = ['listen', 'data', 'public_url', 'limits', 'misses', 'url', 'log']

test.each([
  ['a letter too many', 'listten', 'listen'],
  ['a letter too few', 'lisen', 'listen'],
  ['a wrong letter', 'limots', 'limits'],
  ['two letters swapped', 'ulr', 'url'],
  ['another case', 'Listen', 'listen'],
  ['other separators', 'publicUrl', 'public_url'],
  ['slips in a longer word', 'publik_ulr', 'public_url'],
])('%s finds the word', (_, word, meant) => {
  expect(nearestWord(word, words)).toBe(meant)
})

test.each(['retention', 'dog_tag', 'xyz', '', '__', 'l', 'listen'.repeat(11)])(
  '%j is near nothing',
  (word) => {
    expect(nearestWord(word, words)).toBeUndefined()
  },
)

test('The nearest wins, and of equally near ones the first', () => {
  expect(nearestWord('limit', ['limbo', 'limits', 'limit'])).toBe('limit')
  expect(nearestWord('lot', ['log', 'lob', 'dot'])).toBe('log')
})

test('Nothing is near where there are no candidates', () => {
  expect(nearestWord('listen', [])).toBeUndefined()
})
