import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { isErrno } from '../../lib/is-errno.ts'

/** Where files lie that pointers name, and how the pointers spell that place. */
export interface PointerRoot {
  /** What such a pointer begins with: `\\builds\symbols`, `D:\symbols`. */
  readonly prefix: string
  /** The same folder on this machine, absolute. */
  readonly folder: string
}

/** A `file.ptr` followed, or why it is not. */
export type PointerTarget =
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  | { readonly kind: 'left'; readonly reason: string }

/**
 * Follows SymStore's `file.ptr` within the configured folders only: a pointer comes with the tree, and
 * would otherwise read any file of the server.
 */
export class PointerRoots {
  readonly #roots: readonly PointerRoot[]

  constructor(roots: readonly PointerRoot[]) {
    this.#roots = roots
  }

  /** The file that a pointer's text names, plain or with `_` for its last character. */
  async follow(text: string): Promise<PointerTarget> {
    const trimmed = text.trim()
    if (/^-?:?MSG/i.test(trimmed)) return left(`the pointer says ${JSON.stringify(trimmed)}`)
    const target = trimmed.replace(/^PATH:\s*/i, '')
    const found = this.#below(target)
    if (found === undefined) {
      return left(`the pointer to ${target} leads out of every folder of import.pointer_roots`)
    }
    const { root, segments } = found
    const folder = await realpath(root.folder).catch(() => undefined)
    const last = segments.at(-1) ?? ''
    for (const name of [last, last.replace(/.$/su, '_')]) {
      const path = folder && (await resolveIgnoringCase(folder, [...segments.slice(0, -1), name]))
      if (path === undefined || !path.startsWith(folder + sep)) continue
      const stats = await stat(path)
      if (stats.isFile()) return { kind: 'file', path, size: stats.size }
    }
    return left(`the pointer to ${target} leads to no file`)
  }

  #below(target: string): { root: PointerRoot; segments: readonly string[] } | undefined {
    const wanted = split(target)
    for (const root of this.#roots) {
      const prefix = split(root.prefix)
      const segments = wanted.slice(prefix.length)
      const isBelow = prefix.every(
        (segment, index) => segment.toLowerCase() === wanted[index]?.toLowerCase(),
      )
      const climbs = segments.some((segment) => segment === '..' || segment === '.')
      if (isBelow && segments.length > 0 && !climbs) return { root, segments }
    }
    return undefined
  }
}

function left(reason: string): PointerTarget {
  return { kind: 'left', reason }
}

function split(path: string): readonly string[] {
  return path.split(/[\\/]/).filter((segment) => segment !== '')
}

/** The real path of a file below a folder, whatever the case of its names; it may lie elsewhere by links. */
async function resolveIgnoringCase(
  folder: string,
  segments: readonly string[],
): Promise<string | undefined> {
  let at = folder
  try {
    for (const segment of segments) {
      const names = await readdir(at)
      const name =
        names.find((candidate) => candidate === segment) ??
        names.find((candidate) => candidate.toLowerCase() === segment.toLowerCase())
      if (name === undefined) return undefined
      at = join(at, name)
    }
    return await realpath(at)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return undefined
    throw error
  }
}
