/** Longest path that goes to the log. */
const MAX_CHARACTERS = 300

/** A request target as the log may show it: without query, and with every token, or what stands in its place, hidden. */
export function loggedPath(target = '/'): string {
  const path = target.slice(0, MAX_CHARACTERS).replace(/\?.*$/s, '')
  return path
    .replace(/[a-z2-7]{40}/gi, '***')
    .replace(/^(\/+t\/+)[^/]+/i, '$1***')
    .replace(/^((?:\/+[^/]+)?\/+)[^/]+(\/+symbols\/*)(?:&.*)?$/, '$1***$2')
}
