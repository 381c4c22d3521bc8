import { join } from 'node:path'
import { stat } from 'node:fs/promises'
import { tierOf } from '../symbols/layouts/tier-of.ts'
import { isErrno } from '../lib/is-errno.ts'
import type { FileSource } from './file-source.ts'
import { FolderListing } from './folder-listing.ts'
import { openBelow, type OpenFile } from './open-below.ts'
import { resolvePointer } from './resolve-pointer.ts'
import type { DirectorySettings } from './upstream-settings.ts'
import type { UpstreamAnswer, UpstreamRequest, UpstreamTrouble } from './upstream.ts'

/** A pointer holds one path, and Windows has none longer than 32,767 characters. */
const MAX_POINTER_BYTES = 1 << 16

/** 64 KiB reads halve the throughput of large files. */
const READ_BYTES = 1 << 20

/**
 * A SymStore in a folder, single- or two-tier, whatever the case of its names; a location that ends in `file.ptr`
 * means the file to which that pointer leads.
 */
export class DirectorySource implements FileSource {
  readonly #settings: DirectorySettings
  readonly #listing = new FolderListing()

  constructor(settings: DirectorySettings) {
    this.#settings = settings
  }

  async get(
    location: string,
    _request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    signal.throwIfAborted()
    try {
      const file = await this.#find(location.split('/'))
      if (file === undefined) return { kind: 'absent' }
      if ('cause' in file) return file
      const body = file.handle.createReadStream({ highWaterMark: READ_BYTES, signal })
      // Whoever reads sees the error; nobody else needs to.
      body.on('error', () => {})
      return { kind: 'found', body, size: file.size }
    } catch (error) {
      return systemTrouble(error, this.#settings.path)
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #find(segments: readonly string[]): Promise<OpenFile | UpstreamTrouble | undefined> {
    const [name = ''] = segments
    const tiered = (await this.#hasTwoTiers())
      ? await this.#open([tierOf(name), ...segments])
      : undefined
    return tiered ?? (await this.#open(segments))
  }

  /** A store of two tiers says so itself by a file in its root (symstore.exe). */
  async #hasTwoTiers(): Promise<boolean> {
    const { layout, path } = this.#settings
    if (layout !== 'symstore') return false
    return await stat(join(path, 'index2.txt')).then(
      () => true,
      () => false,
    )
  }

  async #open(segments: readonly string[]): Promise<OpenFile | UpstreamTrouble | undefined> {
    const { path } = this.#settings
    const file = await openBelow(path, segments, this.#listing)
    return file !== undefined && segments.at(-1) === 'file.ptr' ? await this.#follow(file) : file
  }

  /** The file to which a pointer leads, or its compressed form (WDD:using-symstore). */
  async #follow({ handle, size }: OpenFile): Promise<OpenFile | UpstreamTrouble | undefined> {
    let text: string
    try {
      if (size > MAX_POINTER_BYTES) return pointerTrouble(`file.ptr has ${size} bytes`)
      text = await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
    const target = resolvePointer(text, this.#settings.pointerRoots)
    switch (target.kind) {
      case 'message':
        return undefined
      case 'outside':
        return pointerTrouble(`file.ptr leads out of pointer_roots: ${JSON.stringify(target.path)}`)
      case 'file': {
        const { root, segments } = target
        const [last = '', ...folders] = segments.toReversed()
        const compressed = [...folders.toReversed(), last.replace(/.$/su, '_')]
        return (
          (await openBelow(root, segments, this.#listing)) ??
          (await openBelow(root, compressed, this.#listing))
        )
      }
    }
  }
}

function pointerTrouble(cause: string): UpstreamTrouble {
  return { kind: 'trouble', stage: 'download', blame: 'file', cause, reason: 'answer' }
}

/** What the system says of the folder; a mount that is not there is no absence. */
function systemTrouble(error: unknown, path: string): UpstreamTrouble {
  const cause = error instanceof Error ? error.message : String(error)
  if (isErrno(error, 'EACCES', 'EPERM'))
    return { kind: 'trouble', stage: 'download', blame: 'file', cause, reason: 'forbidden' }
  const isGone = isErrno(error, 'ENOENT', 'ENOTDIR')
  return {
    kind: 'trouble',
    stage: 'connect',
    blame: 'host',
    cause: isGone ? `the folder ${path} is not there` : cause,
    reason: isGone ? 'missing_store' : 'connection',
  }
}
