import type { Readable } from 'node:stream'
import { checkedStream } from '../archives/checked-stream.ts'
import type { Expansion } from '../archives/expansion.ts'
import { openZippedFile } from '../archives/open-zipped-file.ts'
import type { CollectOptions } from './collect-options.ts'
import { openCabinet } from './open-cabinet.ts'
import { stageFile } from './stage-file.ts'
import type { Wrapping } from './wrapping-of.ts'

interface UnwrapOptions extends CollectOptions {
  /** Of all compressed files of the archive together. */
  readonly expansion: Expansion
}

/** What a compressed file of an archive holds. */
interface UnwrappedFile {
  readonly kind: 'file'
  readonly content: Readable
  /** The compressed file's own name for it: of any form, not to be trusted. */
  readonly member: string
  /** Gives free what reading it takes. */
  close(): Promise<void>
}

/**
 * Opens a compressed file of an archive, or says `several` when it is an archive of its own. `spool` is a
 * free name in the staging folder. Rejects as the readers of cabinets and zips do.
 */
export async function unwrapFile(
  source: Readable,
  wrapping: Wrapping,
  spool: string,
  options: UnwrapOptions,
): Promise<UnwrappedFile | { readonly kind: 'several' }> {
  return wrapping === 'cab'
    ? await unwrapCabinet(source, options)
    : await unwrapZip(source, spool, options)
}

async function unwrapCabinet(
  source: Readable,
  { cabinets, expansion }: UnwrapOptions,
): Promise<UnwrappedFile | { readonly kind: 'several' }> {
  const cabinet = await openCabinet(source, cabinets, expansion)
  const [file, second] = cabinet.files
  if (file === undefined || second !== undefined) {
    await cabinet.close()
    return { kind: 'several' }
  }
  try {
    const content = cabinet.open(file)
    return { kind: 'file', content, member: file.name, close: () => cabinet.close() }
  } catch (error) {
    await cabinet.close()
    throw error
  }
}

async function unwrapZip(
  source: Readable,
  spool: string,
  { folder, limits, expansion, proceed }: UnwrapOptions,
): Promise<UnwrappedFile | { readonly kind: 'several' }> {
  const remove = (): Promise<void> => folder.remove(spool)
  try {
    const { size: compressedBytes } = await stageFile(source, folder.path(spool), proceed)
    const file = await openZippedFile(folder.path(spool), limits)
    if (file === undefined) {
      await remove()
      return { kind: 'several' }
    }
    expansion.enter(file.path, file.size)
    expansion.add(compressedBytes, 0)
    const content = checkedStream(file.content, undefined, {
      check: (chunk) => expansion.add(0, chunk.byteLength),
      damaged: (cause) => cause,
    })
    return { kind: 'file', content, member: file.path, close: remove }
  } catch (error) {
    await remove()
    throw error
  }
}
