import { keys } from '../keys.ts'
import { isUnsafeName } from '../is-unsafe-name.ts'
import type { Identity } from '../identity.ts'
import { recordedName } from './recorded-name.ts'
import type { BinaryView } from './binary-view.ts'
import { readCodeView } from './code-view.ts'
import { DamagedFile } from './damaged-file.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

/** `MDMP` (minidumpapiset.h, MINIDUMP_SIGNATURE). */
const SIGNATURE = 0x504d444d
const HEADER_BYTES = 32
const DIRECTORY_ENTRY_BYTES = 12
const MODULE_LIST_STREAM = 4
const SYSTEM_INFO_STREAM = 7
const PLATFORM_ID_AT = 20
const MODULE_BYTES = 108
/** A CodeView record that holds a build-id, `BpEL` (Breakpad, minidump_format.h). */
const ELF_RECORD = 0x4270454c
/** Dumps have some tens of streams. */
const MAX_STREAMS = 4096
/** The largest processes load some thousands. */
const MAX_MODULES = 16_384
/** Longest path of a module, in bytes of UTF-16. */
const MAX_NAME_BYTES = 64 << 10
const MAX_BUILD_ID_BYTES = 64
/** Platforms that Breakpad names beside Windows' own (minidump_format.h, MD_OS_*). */
const APPLE: ReadonlySet<number> = new Set([0x8101, 0x8102])
const WINDOWS: ReadonlySet<number> = new Set([0, 1, 2, 3])

/** A module of a dump, as symbol paths `name/id/file`, each with others in its place. */
export interface DumpModule {
  /** As the dump has it, folders and all. */
  readonly name: string
  /** What has to be found: for each, one path of several. */
  readonly wanted: readonly (readonly string[])[]
}

/** Whether a file that begins with these bytes is a minidump. */
export function isMinidump(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 4)).toString('latin1') === 'MDMP'
}

/** The modules in a minidump's list. Throws DamagedFile when it is none, or cut off before the list's end. */
export async function readMinidumpModules(reader: PagedReader): Promise<readonly DumpModule[]> {
  const header = await reader.view(0, HEADER_BYTES)
  if (header.u32(0) !== SIGNATURE) throw new DamagedFile('it is no minidump')
  const count = header.u32(8)
  if (count > MAX_STREAMS) throw new DamagedFile(`the dump claims ${count} streams`)
  const directory = await reader.view(header.u32(12), count * DIRECTORY_ENTRY_BYTES)
  const streamOf = (type: number): { at: number; size: number } | undefined => {
    for (let at = 0; at < directory.length; at += DIRECTORY_ENTRY_BYTES) {
      if (directory.u32(at) === type)
        return { size: directory.u32(at + 4), at: directory.u32(at + 8) }
    }
    return undefined
  }
  const list = streamOf(MODULE_LIST_STREAM)
  if (list === undefined) throw new DamagedFile('the dump has no list of modules')
  const system = streamOf(SYSTEM_INFO_STREAM)
  const platform =
    system === undefined ? 2 : (await reader.view(system.at + PLATFORM_ID_AT, 4)).u32(0)
  return await readList(reader, list, platform)
}

async function readList(
  reader: PagedReader,
  { at, size }: { at: number; size: number },
  platform: number,
): Promise<readonly DumpModule[]> {
  const count = (await reader.view(at, 4)).u32(0)
  if (count > MAX_MODULES) throw new DamagedFile(`the dump claims ${count} modules`)
  // Some writers align the modules to eight bytes (Breakpad, minidump.cc, MinidumpModuleList::Read).
  const start = at + (size >= count * MODULE_BYTES + 8 ? 8 : 4)
  const modules: DumpModule[] = []
  for (let index = 0; index < count; index++) {
    const module = await reader.view(start + index * MODULE_BYTES, MODULE_BYTES)
    const name = await readName(reader, module.u32(20))
    modules.push({ name, wanted: await wantedOf(reader, module, name, platform) })
  }
  return modules
}

async function readName(reader: PagedReader, at: number): Promise<string> {
  const bytes = (await reader.view(at, 4)).u32(0)
  if (bytes > MAX_NAME_BYTES) throw new DamagedFile('the name of a module has no end')
  return Buffer.from(await reader.read(at + 4, bytes)).toString('utf16le')
}

async function wantedOf(
  reader: PagedReader,
  module: BinaryView,
  path: string,
  platform: number,
): Promise<readonly (readonly string[])[]> {
  const name = recordedName(path)
  const [recordBytes, recordAt] = [module.u32(76), module.u32(80)]
  const wanted: string[][] = []
  const want = (file: string | undefined, identities: readonly Identity[]): void => {
    if (file !== undefined && isUnsafeName(file)) return
    const paths = keys(identities, file)
    if (paths.length > 0) wanted.push(paths)
  }
  if (WINDOWS.has(platform) && name !== undefined) {
    const [timestamp, sizeOfImage] = [module.u32(16), module.u32(8)]
    const image: Identity = { kind: 'pe', name: name.toLowerCase(), timestamp, sizeOfImage }
    if (timestamp !== 0) want(name, [image])
  }
  if (recordBytes < 8 || !reader.holds(recordAt, recordBytes)) return wanted
  const signature = (await reader.view(recordAt, 4)).u32(0)
  if (signature === ELF_RECORD) {
    const bytes = Math.min(recordBytes - 4, MAX_BUILD_ID_BYTES)
    const buildId = Buffer.from(await reader.read(recordAt + 4, bytes)).toString('hex')
    if (isPlaceholder(buildId)) return wanted
    want(name, [{ kind: 'elf', buildId }])
    want(undefined, [{ kind: 'elf-debug', buildId }])
    return wanted
  }
  const record = await readCodeView(reader, recordAt, recordBytes, 0)
  if (record === undefined) return wanted
  if (record.kind === 'nb10') {
    want(record.pdbName, [{ kind: 'pdb20', signature: record.signature, age: record.age }])
  } else if (WINDOWS.has(platform)) {
    const { guid, age } = record
    // The dump does not say which PDBs are portable: their GUID counts alone.
    want(record.pdbName, [
      { kind: 'pdb', guid, age },
      { kind: 'portable-pdb', guid },
    ])
  } else if (APPLE.has(platform)) {
    want(name, [{ kind: 'macho', uuid: record.guid }])
    want(undefined, [{ kind: 'macho-debug', uuid: record.guid }])
  } else {
    // Only half of a build-id is in such a record: enough for Breakpad's own files.
    want(name, [{ kind: 'breakpad', guid: record.guid, age: record.age }])
  }
  return wanted
}
