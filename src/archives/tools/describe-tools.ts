import type { ArchiveTools } from './archive-tools.ts'

/** Each tool's version, or what is missing. */
export function describeTools(tools: ArchiveTools): Readonly<Record<keyof ArchiveTools, string>> {
  const { xz, lzip, bzip2, bsdtar } = tools
  return { xz: words(xz), lzip: words(lzip), bzip2: words(bzip2), bsdtar: words(bsdtar) }
}

function words(state: ArchiveTools[keyof ArchiveTools]): string {
  return state.available ? state.version : `missing: ${state.missing}`
}
