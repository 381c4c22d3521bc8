import type { Casing } from '../symbols/layouts/layout.ts'

const CASINGS: ReadonlySet<string> = new Set<Casing>([
  'default',
  'lower',
  'lower_file',
  'lower_id',
  'upper_id',
])

/** Casings as people write them, a list or words with commas between; undefined for anything else, and for none. */
export function parseCasing(value: unknown): readonly Casing[] | undefined {
  const words: readonly unknown[] =
    typeof value === 'string' ? value.split(',').map((word) => word.trim()) : listOf(value)
  const casings = words.filter(isCasing)
  return casings.length > 0 && casings.length === words.length ? casings : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isCasing(word: unknown): word is Casing {
  return typeof word === 'string' && CASINGS.has(word)
}
