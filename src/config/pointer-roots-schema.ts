import * as z from 'zod'
import { leaves } from './leaves.ts'

/** Schema of a list of folders to which `file.ptr` may point. */
export const pointerRoots = z.array(
  z.strictObject({ path: leaves.folder, prefix: leaves.text.optional() }),
)
