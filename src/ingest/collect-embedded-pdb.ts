import { createReadStream } from 'node:fs'
import { createInflateRaw } from 'node:zlib'
import { checkedStream } from '../archives/checked-stream.ts'
import { Expansion } from '../archives/expansion.ts'
import { AppError } from '../lib/app-error.ts'
import { peekStream } from '../lib/peek-stream.ts'
import { baseName } from './base-name.ts'
import { collectFile } from './collect-file.ts'
import type { CollectOptions } from './collect-options.ts'
import type { CollectedFile } from './collected-file.ts'
import type { StagedFiles } from './staged-files.ts'

const HEAD_BYTES = 4096
const CHUNK_BYTES = 128 << 10

/**
 * The portable PDB that an image holds, for which crash services ask by itself; undefined where there is none.
 * One that is damaged is a rejected row of its own and costs the image nothing. Throws `limit_exceeded`.
 */
export async function collectEmbeddedPdb(
  image: CollectedFile,
  staged: StagedFiles,
  { limits }: CollectOptions,
): Promise<CollectedFile | undefined> {
  if (image.kind !== 'accepted' || image.identification.embeddedPdb === undefined) return undefined
  const { offset, packedBytes, bytes, name: pdbName } = image.identification.embeddedPdb
  const name =
    pdbName === '' ? `${(baseName(image.path) ?? image.path).replace(/\.\w+$/, '')}.pdb` : pdbName
  const path = `${image.path}!${name}`
  const expansion = new Expansion(limits)
  expansion.enter(path, bytes)
  await staged.settle()
  const source = createReadStream(staged.folder.path(image.staged), {
    start: offset,
    end: offset + packedBytes - 1,
  })
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES })
  let consumed = 0
  const content = checkedStream(source, inflate, {
    check(chunk) {
      expansion.add(inflate.bytesWritten - consumed, chunk.byteLength)
      consumed = inflate.bytesWritten
    },
    damaged: (cause) =>
      new AppError('archive_damaged', `the embedded PDB is damaged: ${cause.message}`, { cause }),
  })
  try {
    const peeked = await peekStream(content, HEAD_BYTES)
    return await collectFile({ ...peeked, path, name, isAlone: false }, staged, limits)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'archive_damaged') throw error
    return { kind: 'rejected', path, reason: error.message }
  } finally {
    content.destroy()
  }
}
