import type { Identification } from '../identification.ts'
import type { Identity } from '../identity.ts'
import { isAskedCodeId } from '../ids/is-asked-code-id.ts'
import { accept } from './accept.ts'
import { recordedName } from './recorded-name.ts'
import { DamagedFile } from './damaged-file.ts'
import { imageId } from '../ids/image-id.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

/** MODULE and INFO come first, and the name of a module is a file name. */
const HEAD_BYTES = 8192
const MODULE = /^MODULE (?<os>\S+) (?<arch>\S+) (?<id>\S+) (?<name>.+)$/
const DEBUG_ID = /^(?<guid>[\da-f]{32})(?<age>[\da-f]{1,8})$/i
const CODE_ID = /^INFO CODE_ID (?<id>[\da-f]{1,128})(?: (?<name>.+))?$/i
/** Timestamp and size of a PE image. */
const IMAGE_ID = /^(?<timestamp>[\da-f]{8})(?<size>[\da-f]{1,8})$/i
const WINDOWS = 'windows'

/**
 * Identifies a Breakpad symbol file by its MODULE line, and by the code id of its INFO line. The module's
 * name, not the file's, is the one it is asked for by.
 */
export async function identifyBreakpad(reader: PagedReader): Promise<Identification> {
  const lines = await firstLines(reader)
  const { os, arch, id, name } = MODULE.exec(lines[0] ?? '')?.groups ?? {}
  if (os === undefined || id === undefined || name === undefined) {
    throw new DamagedFile('the Breakpad file has no MODULE line, or a damaged one')
  }
  const { guid, age } = DEBUG_ID.exec(id)?.groups ?? {}
  if (guid === undefined || age === undefined)
    throw new DamagedFile('the debug id of the MODULE line is not one')
  if (isPlaceholder(guid))
    throw new DamagedFile(`the debug id of the MODULE line is a placeholder: ${id}`)
  const module = moduleName(name)
  const debugId = { guid: guid.toUpperCase(), age: Number.parseInt(age, 16) }
  const code = codeIdOf(lines, os)
  return accept(
    {
      kind: 'breakpad',
      arch,
      debugId: debugId.guid + debugId.age.toString(16),
      codeId: code?.id,
      identities: [{ kind: 'breakpad', ...debugId }, ...codeIdentity(code, os, module)],
    },
    module,
  )
}

/** The first line and the INFO lines after it. The last line counts only when its end is in sight. */
async function firstLines(reader: PagedReader): Promise<string[]> {
  const bytes = await reader.read(0, Math.min(HEAD_BYTES, reader.size))
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  if (reader.size > HEAD_BYTES) lines.pop()
  return lines
}

/** Folders that a build wrote before the name are dropped; what points out of a folder is no module name. */
function moduleName(text: string): string {
  const name = /(?:^|[/\\])\.\.(?:[/\\]|$)/.test(text) ? undefined : recordedName(text)
  if (name === undefined) throw new DamagedFile('the MODULE line has no usable name')
  return name
}

interface CodeId {
  readonly id: string
  readonly name: string | undefined
}

function codeIdOf(lines: readonly string[], os: string): CodeId | undefined {
  for (const line of lines.slice(1)) {
    if (!line.startsWith('INFO ')) return undefined
    const { id, name } = CODE_ID.exec(line)?.groups ?? {}
    if (id !== undefined) return { id: codeIdText(id, os), name }
  }
  return undefined
}

/** In the one spelling of its kind, for dump_syms writes all digits upper case. */
function codeIdText(id: string, os: string): string {
  const { timestamp, size } = (os === WINDOWS ? IMAGE_ID.exec(id)?.groups : undefined) ?? {}
  if (timestamp === undefined || size === undefined) return id.toLowerCase()
  return imageId(Number.parseInt(timestamp, 16), Number.parseInt(size, 16))
}

/** Where the line names no file, the module is its own code file, but for Windows, where it is the PDB. */
function codeIdentity(code: CodeId | undefined, os: string, module: string): Identity[] {
  if (code === undefined) return []
  const ownName = os === WINDOWS ? undefined : module
  const name = (code.name === undefined ? ownName : recordedName(code.name))?.toLowerCase()
  const codeId = code.id.toUpperCase()
  if (name === undefined || !isAskedCodeId(codeId, name)) return []
  return [{ kind: 'breakpad-code', name, codeId }]
}
