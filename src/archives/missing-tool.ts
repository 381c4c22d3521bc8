import type { ArchiveFormat } from './archive-format.ts'
import type { ArchiveTools } from './tools/archive-tools.ts'

/** What has to be there for the format to be read, as a clause, or undefined when nothing is missing. */
export function missingTool(format: ArchiveFormat, tools: ArchiveTools): string | undefined {
  const tool = toolOf(format)
  if (tool === undefined) return undefined
  const state = tools[tool]
  return state.available ? undefined : state.missing
}

function toolOf(format: ArchiveFormat): keyof ArchiveTools | undefined {
  switch (format) {
    case 'bzip2':
    case 'lzip':
    case 'xz':
      return format
    case '7z':
    case 'cpio':
    case 'iso':
    case 'rar':
    case 'xar':
      return 'bsdtar'
    default:
      return undefined
  }
}
