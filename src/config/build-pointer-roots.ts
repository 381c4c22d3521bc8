import { resolve } from 'node:path'
import type * as z from 'zod'
import type { PointerRoot } from '../upstream/upstream-settings.ts'
import type { pointerRoots } from './pointer-roots-schema.ts'

/** The folders to which pointers may lead, absolute; `folderOf` gives the one that an entry's path starts from. */
export function buildPointerRoots(
  written: z.output<typeof pointerRoots>,
  folderOf: (path: readonly (string | number)[]) => string,
): readonly PointerRoot[] {
  return written.map(({ path, prefix = path }, index) => ({
    prefix,
    path: resolve(folderOf(['pointer_roots', index, 'path']), path),
  }))
}
