/** Longest path that goes to the log. */
const MAX_CHARACTERS = 300

/**
 * A request target as the log may show it: decoded, without query, and with every token, or what stands
 * in its place, hidden.
 */
export function loggedPath(target = '/'): string {
  return (
    decoded(target.replace(/\?.*$/s, ''))
      .replace(/[a-z2-7]{40}/gi, '***')
      .replace(/^((?:https?:\/\/[^/]*)?\/+t\/+)[^/]+/i, '$1***')
      // The API's and the page's own `symbols` have no token before them.
      .replace(
        /^(?!\/(?:api\/v1|ui)\/symbols)((?:\/+[^/]+)?\/+)[^/]+(\/+symbols\/*)(?:&.*)?$/,
        '$1***$2',
      )
      .slice(0, MAX_CHARACTERS)
  )
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
