/**
 * Whether the text fits a pattern in which `*` stands for any characters and `?` for one. Takes no more
 * steps than pattern and text are long, multiplied, whatever they hold.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0
  let position = 0
  let star = -1
  let resumeAt = 0
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at++
      resumeAt = position
      continue
    }
    if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[position])) {
      at++
      position++
      continue
    }
    if (star === -1) return false
    // The last star takes one character more.
    at = star + 1
    position = ++resumeAt
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
