import type { Casing } from './layout.ts'
import type { Location } from './location.ts'

/** The location as a path, in the given case. */
export function applyCasing({ name, id, file }: Location, casing: Casing): string {
  const lowersFile = casing === 'lower' || casing === 'lower_file'
  const named = (part: readonly string[]): readonly string[] =>
    lowersFile ? part.map((segment) => segment.toLowerCase()) : part
  return [...named(name), ...id.map((segment) => caseOfId(segment, casing)), ...named(file)].join(
    '/',
  )
}

function caseOfId(id: string, casing: Casing): string {
  switch (casing) {
    case 'lower':
    case 'lower_id':
      return id.toLowerCase()
    case 'upper_id':
      return id.toUpperCase()
    case 'default':
    case 'lower_file':
      return id
  }
}
