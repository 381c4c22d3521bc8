import { lstat, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { detectFormat } from '../../archives/detect-format.ts'
import { FileReader } from '../../lib/file-reader.ts'
import { INTERNAL_FOLDER } from '../../storage/internal-folder.ts'
import { couldBeSymbol } from '../../symbols/could-be-symbol.ts'
import type { ImportFile } from './import-file.ts'
import type { PointerFollower } from './pointer-follower.ts'

/** As much as tells a symbol file or a cabinet. */
const HEAD_BYTES = 4096

/** A pointer holds one path. */
const MAX_POINTER_BYTES = 64 << 10

/** Folders within folders: `xx/name/id/msfz0` in a store, some more in other trees. */
const MAX_DEPTH = 32

/** What lies in the folders of stores beside symbols, and says nothing. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'refs.ptr',
  'file.ptr',
  'pingme.txt',
  'index2.txt',
  // BugSplat's `symbol-upload -l` marks its stores by it.
  'index.txt',
])

/** Folders that hold no symbols: SymStore's records, and another symgate's own files. */
const OTHER_FOLDERS: ReadonlySet<string> = new Set(['000admin', INTERNAL_FOLDER])

/** A tree of symbol files on disk, of any layout. */
export class SymbolTree {
  readonly #root: string
  readonly #pointers: PointerFollower
  /** Folders of the root by their lower-case names; a copy of a Windows store can have several. */
  readonly #children = new Map<string, ReadonlyMap<string, readonly string[]>>()

  constructor(root: string, pointers: PointerFollower) {
    this.#root = root
    this.#pointers = pointers
  }

  /** The folders `name/id` or `xx/name/id` of any case, below the root. */
  async locate(name: string, id: string): Promise<readonly string[]> {
    const found: string[] = []
    // No folder of Windows ends in a dot, so `_.debug` lies below `_`.
    const tier = name.slice(0, name[1] === '.' ? 1 : 2)
    for (const start of ['', ...(await this.#spellings('', tier))]) {
      for (const folder of await this.#spellings(start, name)) {
        // Not kept: there are as many as files.
        const ids = await this.#list(folder)
        for (const [lower, spellings] of ids)
          if (lower === id.toLowerCase())
            found.push(...spellings.map((spelling) => `${folder}/${spelling}`))
      }
    }
    return found
  }

  /** Every folder below the root that may hold symbols, as paths below it. */
  async *folders(folder = '', depth = 0): AsyncGenerator<string, void, undefined> {
    if (depth > 0) yield folder
    if (depth === MAX_DEPTH) return
    for (const [lower, spellings] of await this.#list(folder)) {
      if (depth === 0 && OTHER_FOLDERS.has(lower)) continue
      for (const name of spellings) yield* this.folders(below(folder, name), depth + 1)
    }
  }

  /** What lies in a folder itself and could be a symbol file, and what is left out and why. */
  async *files(folder: string): AsyncGenerator<ImportFile, void, undefined> {
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true })
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    let hasSymbol = false
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below(folder, entry.name)
      if (entry.isDirectory() || BOOKKEEPING.has(entry.name.toLowerCase())) continue
      if (!entry.isFile()) {
        yield { kind: 'left', path, reason: 'a link or device' }
        continue
      }
      const plain = plainBeside(entry.name, names)
      const file: ImportFile =
        plain === undefined
          ? await inspect(path, join(this.#root, path))
          : { kind: 'left', path, reason: `${plain} lies beside it` }
      if (file.kind === 'file') hasSymbol = true
      yield file
    }
    const pointer = names.find((name) => name.toLowerCase() === 'file.ptr')
    // A file goes before a pointer (protocol: file.ptr, resolution order).
    if (pointer !== undefined && !hasSymbol) yield await this.#followed(folder, pointer)
  }

  async #followed(folder: string, pointer: string): Promise<ImportFile> {
    const path = below(folder, pointer)
    const absolute = join(this.#root, path)
    if ((await lstat(absolute)).size > MAX_POINTER_BYTES)
      return { kind: 'left', path, reason: 'the pointer is too long for one' }
    const target = await this.#pointers.follow(await readFile(absolute, 'utf8'))
    if (target.kind === 'left') return { kind: 'left', path, reason: target.reason }
    // It is called as the folder is, whatever the file behind the pointer is called.
    const name = folder.split('/').at(-2) ?? pointer
    const isCompressed = target.path.endsWith('_')
    const file = isCompressed ? name.replace(/.$/su, '_') : name
    return await inspect(below(folder, file), target.path)
  }

  async #spellings(folder: string, name: string): Promise<readonly string[]> {
    let children = this.#children.get(folder)
    if (children === undefined) {
      children = await this.#list(folder)
      this.#children.set(folder, children)
    }
    return (children.get(name.toLowerCase()) ?? []).map((spelling) => below(folder, spelling))
  }

  async #list(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>()
    for (const entry of await readdir(join(this.#root, folder), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const lower = entry.name.toLowerCase()
      const spellings = found.get(lower)
      if (spellings === undefined) found.set(lower, [entry.name])
      else spellings.push(entry.name)
    }
    return found
  }
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** The plain file beside `app.pd_`. */
function plainBeside(name: string, names: readonly string[]): string | undefined {
  if (!name.endsWith('_')) return undefined
  const stem = name.slice(0, -1).toLowerCase()
  return names.find((other) => {
    const lower = other.toLowerCase()
    return other !== name && lower.length === name.length && lower.startsWith(stem)
  })
}

async function inspect(path: string, source: string): Promise<ImportFile> {
  const { size, mtimeMs } = await stat(source)
  if (size === 0) return { kind: 'left', path, reason: 'empty' }
  await using reader = await FileReader.open(source)
  const head = await reader.read(0, HEAD_BYTES)
  if (!couldBeSymbol(head) && detectFormat(head) === undefined)
    return { kind: 'left', path, reason: 'not a symbol file' }
  return { kind: 'file', path, source, size, mtimeMs }
}
