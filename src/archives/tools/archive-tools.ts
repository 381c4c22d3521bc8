import type { ToolState } from './tool-state.ts'

/** The optional programs by which formats are read that symgate does not read itself. */
export interface ArchiveTools {
  readonly xz: ToolState
  /** xz again: it reads lzip since 5.4. */
  readonly lzip: ToolState
  readonly bzip2: ToolState
  /** bsdtar, in a sandbox that works. */
  readonly bsdtar: ToolState
}
