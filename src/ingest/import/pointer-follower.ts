import { FolderListing } from '../../upstream/folder-listing.ts'
import { openBelow } from '../../upstream/open-below.ts'
import { resolvePointer } from '../../upstream/resolve-pointer.ts'
import type { PointerRoot } from '../../upstream/upstream-settings.ts'

/** A `file.ptr` followed, or why it is not. */
export type FollowedPointer =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'left'; readonly reason: string }

/**
 * Follows SymStore's `file.ptr` within the configured folders only: a pointer comes with the tree, and
 * would otherwise read any file of the server.
 */
export class PointerFollower {
  readonly #roots: readonly PointerRoot[]
  readonly #listing = new FolderListing()

  constructor(roots: readonly PointerRoot[]) {
    this.#roots = roots
  }

  /** The real path of the file that a pointer's text names, plain or with `_` for its last character. */
  async follow(text: string): Promise<FollowedPointer> {
    const target = resolvePointer(text, this.#roots)
    if (target.kind === 'message') return left(`the pointer says ${JSON.stringify(text.trim())}`)
    if (target.kind === 'outside')
      return left(`the pointer to ${target.path} leads out of every folder of import.pointer_roots`)
    const { root, segments } = target
    const last = segments.at(-1) ?? ''
    for (const name of [last, last.replace(/.$/su, '_')]) {
      const file = await openBelow(root, [...segments.slice(0, -1), name], this.#listing)
      if (file === undefined) continue
      await file.handle.close()
      return { kind: 'file', path: file.path }
    }
    return left(`the pointer to ${segments.join('/')} below ${root} leads to no file`)
  }
}

function left(reason: string): FollowedPointer {
  return { kind: 'left', reason }
}
