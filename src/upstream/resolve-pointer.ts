import type { PointerRoot } from './upstream-settings.ts'

/** Where a pointer leads. */
export type PointerTarget =
  | { readonly kind: 'file'; readonly root: string; readonly segments: readonly string[] }
  /** It says that the file is no longer there. */
  | { readonly kind: 'message' }
  /** It leads where nobody is to be led. */
  | { readonly kind: 'outside'; readonly path: string }

/** Of a pointer in messages. */
const MAX_SHOWN = 200

/**
 * Reads the content of a `file.ptr`: a bare path as SymStore writes it, `PATH:` and a path, or `MSG:` and a reason
 * (protocol.md §2). Only what begins with a configured prefix is followed, and never upwards from there:
 * whoever may write pointers could read any file of the server otherwise.
 */
export function resolvePointer(text: string, roots: readonly PointerRoot[]): PointerTarget {
  const trimmed = text.replaceAll('\0', '').trim()
  if (/^msg/i.test(trimmed)) return { kind: 'message' }
  const path = trimmed.replace(/^path:\s*/i, '')
  for (const { prefix, path: root } of roots) {
    const segments = segmentsBelow(split(path), split(prefix))
    if (segments !== undefined && !segments.some(isUnsafe)) return { kind: 'file', root, segments }
  }
  return { kind: 'outside', path: path.slice(0, MAX_SHOWN) }
}

/** Windows takes both slashes, and any number of them; what stands before the first tells UNC from a drive. */
function split(path: string): string[] {
  const [start = ''] = /^[\\/]*/.exec(path) ?? []
  return [start.replaceAll('\\', '/'), ...path.split(/[\\/]+/).filter((part) => part !== '')]
}

function segmentsBelow(path: string[], prefix: string[]): string[] | undefined {
  if (path.length <= prefix.length) return undefined
  const isBelow = prefix.every((part, index) => part.toLowerCase() === path[index]?.toLowerCase())
  return isBelow ? path.slice(prefix.length) : undefined
}

function isUnsafe(segment: string): boolean {
  return /^\.+$/.test(segment) || /[:\p{Cc}]/u.test(segment)
}
