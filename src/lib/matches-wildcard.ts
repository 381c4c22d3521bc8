/**
 * Whether a text fits a pattern as a whole, in which `*` stands for any characters, `?` for one; compared
 * without case. Takes time in proportion to both lengths at worst, whatever the pattern.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase()
  const given = text.toLowerCase()
  let at = 0
  let star = -1
  let resume = 0
  for (let index = 0; index < given.length;) {
    const sign = wanted[at]
    if (sign === '*') {
      star = at++
      resume = index
      continue
    }
    if (sign !== undefined && (sign === '?' || sign === given[index])) {
      at++
      index++
      continue
    }
    if (star < 0) return false
    // The last star takes one character more.
    at = star + 1
    index = ++resume
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}
