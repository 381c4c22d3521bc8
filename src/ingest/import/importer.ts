import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { ArchiveEntry } from '../../archives/archive-entry.ts'
import type { ImportTable } from '../../db/import-table.ts'
import { AppError } from '../../lib/app-error.ts'
import { cloneFile } from '../../lib/clone-file.ts'
import { isErrno } from '../../lib/is-errno.ts'
import { Semaphore } from '../../lib/semaphore.ts'
import type { PackageFile } from '../../storage/package-manifest.ts'
import type { PointerRoot } from '../../upstream/upstream-settings.ts'
import { checkPackageText } from '../check-package-text.ts'
import { diskFull } from '../disk-full.ts'
import type { Ingest } from '../ingest.ts'
import type { UploadDetails } from '../upload.ts'
import type { ImportFile } from './import-file.ts'
import { importGroups, type ImportGroup } from './import-groups.ts'
import { ImportTally, type ImportResult } from './import-tally.ts'
import { PointerFollower } from './pointer-follower.ts'
import { SymbolTree } from './symbol-tree.ts'

/** One package: what is staged at once, and what is done again after an interruption. */
const MAX_FILES = 1000
const MAX_BYTES = 4 * 2 ** 30

/** Until another try, where uploads leave no turn. */
const BUSY_MS = 5000

/** The tag of imported packages, unless another is asked for. */
const DEFAULT_TAG = 'import'

type Candidate = Extract<ImportFile, { kind: 'file' }>

export interface ImporterOptions {
  readonly ingest: Ingest
  readonly imports: ImportTable
  readonly pointerRoots: readonly PointerRoot[]
  readonly maxEntryBytes: number
  /** Stores of this server: they are no foreign trees. */
  readonly ownFolders: readonly string[]
}

/** What an import is asked to do. */
export interface ImportRequest {
  /** Absolute path. */
  readonly folder: string
  readonly tag?: string | undefined
  /** Share blocks with the tree instead of copying, where the filesystem can. */
  readonly reflink: boolean
}

/**
 * Takes over a tree of symbol files: each becomes part of a package as if it had been uploaded. What has
 * been imported and has not changed since is not read again, so an import can be interrupted and repeated.
 */
export class Importer {
  readonly #options: ImporterOptions
  readonly #one = new Semaphore(1, { maxWaiting: 0 })
  readonly #stop = new AbortController()

  constructor(options: ImporterOptions) {
    this.#options = options
  }

  /**
   * Imports the tree, telling what has been done after every package. Fails with `request_invalid` for a
   * folder that cannot be imported or a tag that no upload may have, with `busy` beside another import, with `disk_full`, and when `signal`
   * is aborted; the packages until then stay.
   */
  async run(
    request: ImportRequest,
    tell: (soFar: ImportResult) => void,
    signal: AbortSignal,
  ): Promise<ImportResult> {
    return await this.#one.run(async () => {
      checkPackageText('tag', request.tag ?? DEFAULT_TAG)
      const root = await this.#rootOf(request.folder)
      const tree = new SymbolTree(root, new PointerFollower(this.#options.pointerRoots))
      const run = { request, root, signal: AbortSignal.any([signal, this.#stop.signal]) }
      const tally = new ImportTally()
      for await (const group of importGroups(root, tree)) {
        await this.#importGroup(group, run, tally, () => tell(tally.result))
      }
      return tally.result
    })
  }

  /** Cuts off the import that runs. */
  close(): void {
    this.#stop.abort(new Error('the server stops'))
  }

  async #rootOf(folder: string): Promise<string> {
    const root = await realpath(folder).catch((cause: unknown) => {
      const why = isErrno(cause, 'ENOENT') ? 'there is no such folder' : String(cause)
      throw new AppError('request_invalid', `cannot import ${folder}: ${why}`, { cause })
    })
    if (!(await stat(root)).isDirectory())
      throw new AppError('request_invalid', `${folder} is no folder`)
    for (const own of this.#options.ownFolders) {
      const other = await realpath(own).catch(() => own)
      if (contains(root, other) || contains(other, root))
        throw new AppError('request_invalid', `${folder} holds, or lies in, a store of this server`)
    }
    return root
  }

  async #importGroup(
    { transaction, files }: ImportGroup,
    run: Run,
    tally: ImportTally,
    tell: () => void,
  ): Promise<void> {
    const details = detailsOf(run.request, transaction)
    const label = transaction?.id ?? ''
    let chunk: Candidate[] = []
    let bytes = 0
    const submit = async (): Promise<void> => {
      if (chunk.length > 0) await this.#importChunk(chunk, { ...run, label, details }, tally)
      chunk = []
      bytes = 0
      tell()
    }
    for await (const file of files) {
      run.signal.throwIfAborted()
      if (file.kind === 'left') {
        tally.left(file.path, file.reason)
        continue
      }
      if (file.size > this.#options.maxEntryBytes) {
        tally.left(file.path, 'larger than limits.entry_size')
        continue
      }
      if (this.#options.imports.has(keyOf(file, run, label))) {
        tally.done()
        continue
      }
      if (chunk.length === MAX_FILES || (chunk.length > 0 && bytes + file.size > MAX_BYTES))
        await submit()
      chunk.push(file)
      bytes += file.size
    }
    await submit()
  }

  /** Imports some files as one package; those that spoil it for the others, alone. */
  async #importChunk(
    chunk: readonly Candidate[],
    run: PackageRun,
    tally: ImportTally,
  ): Promise<void> {
    try {
      const files = await this.#receive(chunk, run)
      tally.add(files)
      const bad = new Set(
        files.filter(({ status }) => !IMPORTED.has(status)).map(({ path }) => path),
      )
      const keys = chunk
        .filter(({ path }) => !bad.has(path))
        .map((file) => keyOf(file, run, run.label))
      await this.#options.imports.addAll(keys, Date.now())
    } catch (error) {
      run.signal.throwIfAborted()
      const cause = diskFull(error)
      const isOfFile =
        cause instanceof AppError || isErrno(cause, 'ENOENT', 'EACCES', 'EPERM', 'EIO')
      if (!isOfFile || (cause instanceof AppError && cause.code === 'disk_full')) throw cause
      const [first] = chunk
      if (first === undefined) return
      if (chunk.length === 1) {
        tally.left(first.path, cause instanceof Error ? cause.message : String(cause))
        return
      }
      const half = Math.ceil(chunk.length / 2)
      await this.#importChunk(chunk.slice(0, half), run, tally)
      await this.#importChunk(chunk.slice(half), run, tally)
    }
  }

  async #receive(chunk: readonly Candidate[], run: PackageRun): Promise<readonly PackageFile[]> {
    for (;;) {
      try {
        const { manifest } = await this.#options.ingest.receive(
          {
            requestId: 'import',
            parts: Readable.from([{ entries: entriesOf(chunk, run) }]),
            details: () => run.details,
          },
          () => {},
        )
        return manifest.files
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'busy') throw error
        await setTimeout(BUSY_MS, undefined, { signal: run.signal })
      }
    }
  }
}

/** One import. */
interface Run {
  readonly request: ImportRequest
  readonly root: string
  readonly signal: AbortSignal
}

/** The part of an import that makes packages of the same description. */
interface PackageRun extends Run {
  /** Tells groups apart that may hold the same file. */
  readonly label: string
  readonly details: UploadDetails
}

/** What became of files that need not be looked at again. */
const IMPORTED: ReadonlySet<PackageFile['status']> = new Set(['stored', 'duplicate', 'conflict'])

async function* entriesOf(
  chunk: readonly Candidate[],
  { request, signal }: Run,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  for (const { path, source, size } of chunk) {
    signal.throwIfAborted()
    yield {
      kind: 'file',
      path,
      size,
      open: async () => createReadStream(source),
      ...(request.reflink && { clone: (target: string) => cloneFile(source, target) }),
    }
  }
}

function detailsOf(
  { tag = DEFAULT_TAG }: ImportRequest,
  transaction: ImportGroup['transaction'],
): UploadDetails {
  return {
    tag,
    product: cleaned(transaction?.product),
    version: cleaned(transaction?.version),
    comment: cleaned(transaction?.comment),
    // Batches of a tree without transactions are one.
    build: transaction === undefined ? 'import' : undefined,
    strict: false,
    onConflict: undefined,
  }
}

/** As uploads take texts: at most 1000 characters without control characters. */
function cleaned(text: string | undefined): string | undefined {
  const clean = text
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 1000)
  return clean === '' ? undefined : clean
}

function keyOf({ path, source, size, mtimeMs }: Candidate, { root }: Run, label: string): Buffer {
  const parts = [root, label, path, source, size, mtimeMs]
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
}

function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
