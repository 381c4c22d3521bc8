import type { ArchiveTools } from '../../src/archives/tools/archive-tools.ts'

const absent = (program: string): ArchiveTools['xz'] => ({
  available: false,
  missing: `${program} is not installed`,
})

/** A machine without any optional program. */
export const noTools: ArchiveTools = {
  xz: absent('xz'),
  lzip: absent('xz'),
  bzip2: absent('bzip2'),
  bsdtar: absent('bsdtar'),
}
