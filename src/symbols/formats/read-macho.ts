import type { BinaryView } from './binary-view.ts'
import { DamagedFile } from './damaged-file.ts'
import { isPlaceholder } from './is-placeholder.ts'
import { machoArch } from './macho-arch.ts'
import type { PagedReader } from './paged-reader.ts'

const MH_OBJECT = 1
const MH_CORE = 4
const MH_DSYM = 10
const LC_UUID = 0x1b
const UUID_COMMAND_BYTES = 24
/** Large executables have some hundreds; a kernel collection has one for each of its kexts. */
const MAX_COMMANDS = 16_384
/** Those commands have under a hundred bytes each, most of them. */
const MAX_COMMAND_BYTES = 4 << 20

/** One thin Mach-O file: LC_UUID as 32 upper-case digits. */
export interface MachoFacts {
  readonly uuid: string
  readonly isDsym: boolean
  readonly arch?: string
}

/**
 * Reads the Mach-O file at `[base, base + size)`; undefined when that is no Mach-O file, or an object
 * file. Throws DamagedFile for core dumps, for files without UUID, and when the load commands are cut off.
 */
export async function readMacho(
  reader: PagedReader,
  base: number,
  size: number,
): Promise<MachoFacts | undefined> {
  if (size < 4) return undefined
  const magic = (await reader.view(base, 4, false)).u32(0)
  const known = MAGICS.get(magic)
  if (known === undefined) return undefined
  const { is64, littleEndian } = known
  const headerBytes = is64 ? 32 : 28
  if (size < headerBytes) throw new DamagedFile('the Mach-O header is cut off')
  const header = await reader.view(base, headerBytes, littleEndian)
  const fileType = header.u32(12)
  if (fileType === MH_OBJECT) return undefined
  if (fileType === MH_CORE) throw new DamagedFile('a core dump is no module')

  const [count, bytes] = [header.u32(16), header.u32(20)]
  if (headerBytes + bytes > size) throw new DamagedFile('the Mach-O load commands are cut off')
  if (count > MAX_COMMANDS || bytes > MAX_COMMAND_BYTES) {
    throw new DamagedFile(`the Mach-O file claims ${count} load commands of ${bytes} bytes`)
  }
  const commands = await reader.view(base + headerBytes, bytes, littleEndian)
  const uuid = findUuid(commands, count)
  if (uuid === undefined) throw new DamagedFile('the Mach-O file has no UUID')
  if (isPlaceholder(uuid))
    throw new DamagedFile(`the UUID of the Mach-O file is a placeholder: ${uuid}`)
  const arch = machoArch(header.u32(4), header.u32(8))
  return { uuid, isDsym: fileType === MH_DSYM, ...(arch !== undefined && { arch }) }
}

/** The four thin magics as they read big-endian. */
const MAGICS: ReadonlyMap<number, { readonly is64: boolean; readonly littleEndian: boolean }> =
  new Map([
    [0xfeedface, { is64: false, littleEndian: false }],
    [0xfeedfacf, { is64: true, littleEndian: false }],
    [0xcefaedfe, { is64: false, littleEndian: true }],
    [0xcffaedfe, { is64: true, littleEndian: true }],
  ])

function findUuid(commands: BinaryView, count: number): string | undefined {
  let at = 0
  for (let index = 0; index < count; index++) {
    const bytes = commands.u32(at + 4)
    if (bytes < 8 || at + bytes > commands.length)
      throw new DamagedFile('a Mach-O load command is cut off')
    if (commands.u32(at) === LC_UUID && bytes >= UUID_COMMAND_BYTES) {
      return Buffer.from(commands.slice(at + 8, 16))
        .toString('hex')
        .toUpperCase()
    }
    at += bytes
  }
  return undefined
}
