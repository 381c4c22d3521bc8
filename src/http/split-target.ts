/** Longer paths are nobody's: a name has 255 bytes at most, an id 160 characters, a base little more than a token. */
const MAX_PATH_LENGTH = 8192

/**
 * The segments of a request target, without query: decoded once, so that `%2F` separates and `+` is a
 * plus; empty ones are dropped, because a base that ends in a slash doubles it (protocol §1.1).
 *
 * Undefined for paths over 8 KiB and for those that do not decode to UTF-8. A target without a path
 * (`*`, an authority) has no segments.
 */
export function splitTarget(target: string): string[] | undefined {
  const path = pathOf(target)
  const decoded = path.length > MAX_PATH_LENGTH ? undefined : decode(path)
  return decoded?.split('/').filter((segment) => segment !== '')
}

function pathOf(target: string): string {
  const start = target.startsWith('/') ? 0 : startOfPath(target)
  const query = target.indexOf('?')
  if (start < 0 || (query >= 0 && query < start)) return ''
  return target.slice(start, query < 0 ? undefined : query)
}

/** Where the path of an absolute-form target begins (RFC 9112 §3.2.2), or -1. */
function startOfPath(target: string): number {
  const [scheme] = /^https?:\/\//i.exec(target) ?? []
  return scheme === undefined ? -1 : target.indexOf('/', scheme.length)
}

function decode(path: string): string | undefined {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
