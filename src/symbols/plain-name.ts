import { sniff } from './formats/sniff.ts'

/** What the last letter of a compressed name stood for, by the rest of the extension. */
const LAST_LETTERS: Readonly<Record<string, string>> = {
  db: 'g',
  dl: 'l',
  ex: 'e',
  oc: 'x',
  pd: 'b',
  sy: 's',
}

const PDB_FORMATS: ReadonlySet<string | undefined> = new Set(['msf7', 'msf2', 'msfz', 'metadata'])

/**
 * The name of the file that was compressed as `given` (a base name; `app.pd_` by SymStore's rule) and
 * begins with `head`. The compressed file's own word for its `member` (a base name, too) counts where it
 * differs from the given name in the last character only; else a PDB's `.pd_` is `.pdb`, and anything else is
 * called as the member is. Without a member the usual extensions are known, and other names stay as they are.
 */
export function plainName(
  given: string | undefined,
  member: string | undefined,
  head: Uint8Array,
): string | undefined {
  if (given === undefined || !given.endsWith('_')) return member ?? given
  const stem = given.slice(0, -1)
  const extension = /\.([^.]*)$/.exec(stem)?.[1] ?? ''
  const [, memberStem, last] = /^(.*)(.)$/su.exec(member ?? '') ?? []
  if (last !== undefined && memberStem?.toLowerCase() === stem.toLowerCase()) {
    return stem + inCaseOf(extension, last)
  }
  const isPdb = extension.toLowerCase() === 'pd' && PDB_FORMATS.has(sniff(head))
  if (member !== undefined && !isPdb) return member
  const letter = LAST_LETTERS[extension.toLowerCase()]
  if (letter === undefined) return given
  return stem + inCaseOf(extension, letter)
}

/** The letter in the case of what it follows, where that has one. */
function inCaseOf(extension: string, letter: string): string {
  const upper = extension.toUpperCase()
  if (upper === extension.toLowerCase()) return letter
  return extension === upper ? letter.toUpperCase() : letter.toLowerCase()
}
