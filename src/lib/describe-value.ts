const MAX_SHOWN = 80 // a message is one line

/**
 * How a message shows a value that was found: on one line, cut when long, and without what may be secret in a
 * URL (all before an "@", and the query).
 */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a group of keys'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return 'empty'
  const shown = value.replace(/^([a-z]+:\/\/)?.*@/is, '$1***@').replace(/\?.*$/s, '?***')
  return JSON.stringify(shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown)
}
