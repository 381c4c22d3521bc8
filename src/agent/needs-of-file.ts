import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { FileReader } from '../lib/file-reader.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import type { CodeView } from '../symbols/formats/code-view.ts'
import { DamagedFile } from '../symbols/formats/damaged-file.ts'
import { isMinidump, readMinidumpModules } from '../symbols/formats/minidump.ts'
import { PagedReader } from '../symbols/formats/paged-reader.ts'
import { readPe } from '../symbols/formats/read-pe.ts'
import { identify } from '../symbols/identify.ts'
import type { Identity } from '../symbols/identity.ts'
import { isUnsafeName } from '../symbols/is-unsafe-name.ts'
import { keys } from '../symbols/keys.ts'
import type { FoundFile } from './find-files.ts'
import { parseManifest } from './parse-manifest.ts'
import type { WantedFile } from './wanted-file.ts'

const HEAD_BYTES = 4096

/** As much of a wrong line as names it. */
const MAX_SHOWN_CHARACTERS = 120

/** A list of modules; a text beyond this is something else. */
const MAX_MANIFEST_BYTES = 64 << 20

/** What one file needs. */
export interface Needs {
  readonly wanted: readonly WantedFile[]
  /** Lines of a manifest that name no file. */
  readonly wrong?: readonly {
    readonly path: string
    readonly from: string
    readonly reason: string
  }[]
}

/**
 * The files that a debugger would ask for to work with this one: the PDBs of a Windows image, the debug files
 * of an ELF or Mach-O image that has none in it, the images and symbols of all modules of a minidump, or
 * what a manifest names. None for other files in folders; a file that is named itself and is none of
 * these fails with `command_failed`.
 */
export async function needsOfFile({ path, isNamed }: FoundFile): Promise<Needs> {
  await using reader = await FileReader.open(path)
  const head = await reader.read(0, HEAD_BYTES)
  const toWanted = (paths: readonly string[]): WantedFile => ({ paths, from: path })
  try {
    if (isMinidump(head)) {
      const modules = await readMinidumpModules(new PagedReader(reader))
      return {
        wanted: modules.flatMap(({ name, wanted }) =>
          wanted.map((paths) => ({ paths, from: `${path}: ${name}` })),
        ),
      }
    }
    if (couldBeSymbol(head)) return { wanted: (await needsOfImage(reader, path)).map(toWanted) }
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    if (!isNamed) return { wanted: [] }
    throw new AppError('command_failed', `${path}: ${error.message}`, { cause: error })
  }
  // Texts in folders are whatever they are.
  if (!isNamed) return { wanted: [] }
  const manifest =
    reader.size > MAX_MANIFEST_BYTES ? undefined : parseManifest(await readFile(path, 'utf8'))
  if (manifest === undefined)
    throw new AppError(
      'command_failed',
      `${path} is neither an executable nor a minidump nor a manifest of lines \`name,id\` or \`name/id/file\``,
    )
  const wrong = manifest.wrong.map(({ where, text }) => ({
    path: text.slice(0, MAX_SHOWN_CHARACTERS),
    from: `${path}, ${where}`,
    reason: `${path}, ${where}: a manifest has lines \`name,id\` or \`name/id/file\``,
  }))
  return { wanted: manifest.wanted.map(toWanted), wrong }
}

async function needsOfImage(reader: FileReader, path: string): Promise<readonly string[][]> {
  const found = await identify(reader, basename(path))
  if (found.status !== 'accept') return []
  if (found.kind === 'pe') {
    const pe = await readPe(new PagedReader(reader))
    return (pe?.codeView ?? []).map(pdbPaths).filter((paths) => paths.length > 0)
  }
  const has = (kind: Identity['kind']): boolean =>
    found.identities.some((identity) => identity.kind === kind)
  if (has('elf-debug') || has('macho-debug')) return []
  // The other ids of an ELF file are for those who know it by less than its build-id.
  if (found.buildId !== undefined)
    return [keys([{ kind: 'elf-debug', buildId: found.buildId }], undefined)]
  return found.identities
    .map(debugIdentity)
    .filter((identity) => identity !== undefined)
    .map((identity) => keys([identity], undefined))
    .filter((paths, index, all) => all.findIndex(([first]) => first === paths[0]) === index)
}

/** A PDB under the name that the linker left in the image. */
function pdbPaths(record: CodeView): string[] {
  const { pdbName } = record
  if (pdbName === '' || isUnsafeName(pdbName)) return []
  if (record.kind === 'nb10')
    return keys([{ kind: 'pdb20', signature: record.signature, age: record.age }], pdbName)
  const { guid, age } = record
  return keys(
    [record.portable ? { kind: 'portable-pdb', guid } : { kind: 'pdb', guid, age }],
    pdbName,
  )
}

/** What holds the debug information of an image. */
function debugIdentity(identity: Identity): Identity | undefined {
  if (identity.kind === 'elf') return { kind: 'elf-debug', buildId: identity.buildId }
  if (identity.kind === 'macho') return { kind: 'macho-debug', uuid: identity.uuid }
  return undefined
}
