import { describe, expect, it } from 'vitest'
import { ago } from '../../../src/http/ui/format/ago.ts'
import { bytes } from '../../../src/http/ui/format/bytes.ts'
import { percent } from '../../../src/http/ui/format/percent.ts'

const NOW = Date.parse('2026-11-26T12:00:00Z')

describe('figures for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [200 * 2 ** 20, '200 MiB'],
    [5 * 2 ** 60, '5120 PiB'],
  ])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text))

  it.each([
    [null, '–'],
    [0, '0 %'],
    [0.8766, '87.7 %'],
    [0.9999, '100 %'],
  ])('the share %s is %s', (share, text) => expect(percent(share)).toBe(text))

  it.each([
    [-3000, 'just now'],
    [-45_000, '45 s ago'],
    [-5 * 60_000, '5 min ago'],
    [-86_400_000, '1 day ago'],
    [3 * 86_400_000, 'in 3 days'],
    [-100 * 86_400_000, '2026-08-18'],
  ])('%d ms from now is %s', (distance, text) => expect(ago(NOW + distance, NOW)).toBe(text))
})
