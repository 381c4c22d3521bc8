import { matchesGlob } from '../lib/matches-glob.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'

/**
 * A list of patterns for names, without case. One with a slash is meant for the whole path
 * `name/id/file`, any other for the name of the file, or of the module that it belongs to.
 */
export class NamePatterns {
  readonly #exact: ReadonlySet<string>
  readonly #names: readonly string[]
  readonly #paths: readonly string[]
  readonly #isEmpty: boolean

  constructor(patterns: readonly string[]) {
    this.#isEmpty = patterns.length === 0
    const lower = patterns.map((pattern) => pattern.toLowerCase())
    this.#paths = lower.filter((pattern) => pattern.includes('/'))
    const names = lower.filter((pattern) => !pattern.includes('/'))
    this.#exact = new Set(names.filter((pattern) => !/[*?]/.test(pattern)))
    this.#names = names.filter((pattern) => /[*?]/.test(pattern))
  }

  has({ name, file, canonical }: SymbolPath): boolean {
    if (this.#isEmpty) return false
    const lowerName = name.toLowerCase()
    const lowerFile = file.toLowerCase()
    return (
      this.#exact.has(lowerName) ||
      this.#exact.has(lowerFile) ||
      this.#names.some(
        (pattern) => matchesGlob(pattern, lowerName) || matchesGlob(pattern, lowerFile),
      ) ||
      this.#paths.some((pattern) => matchesGlob(pattern, canonical))
    )
  }
}
