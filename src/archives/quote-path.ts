const MAX_QUOTED_CHARACTERS = 200 // a message has to stay readable whatever a hostile archive names its entries

/** Everything that a terminal or a log could take for more than a character, and the quote's own marks. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"\\]/u

/**
 * An entry's path as a JSON-like string for messages: control, format and quote characters escaped, cut
 * to 200 characters with an ellipsis.
 */
export function quotePath(path: string): string {
  let quoted = ''
  for (const character of path) {
    const next = UNSAFE.test(character) ? escaped(character) : character
    if (quoted.length + next.length > MAX_QUOTED_CHARACTERS) return `"${quoted}…"`
    quoted += next
  }
  return `"${quoted}"`
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  let text = ''
  for (let unit = 0; unit < character.length; unit++) {
    text += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`
  }
  return text
}
