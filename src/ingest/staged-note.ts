import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { isErrno } from '../lib/is-errno.ts'
import type { StagingFolder } from '../storage/blob-store.ts'
import { detailsIfGood } from './details-if-good.ts'
import { DEFAULT_DETAILS } from './default-details.ts'
import type { Upload, UploadDetails } from './upload.ts'

/** Staged files have numbers. */
const FILE = 'upload.json'

/** Present in what is read, if undefined, as upload details have it. */
const text = z
  .string()
  .optional()
  .transform((value) => value)
const note = z.object({
  tokenId: text,
  tag: z.string(),
  product: text,
  version: text,
  comment: text,
  build: text,
})

/** What is known of an upload while it comes in, beside its files: who it is for whoever finds them after a kill. */
export const stagedNote = {
  /** Writes it; not durable, for it is no loss after a power cut. */
  async write(folder: StagingFolder, upload: Pick<Upload, 'uploader' | 'details'>): Promise<void> {
    const { tag, product, version, comment, build } = detailsIfGood(upload)
    const written = { tokenId: upload.uploader?.id, tag, product, version, comment, build }
    await writeFile(folder.path(FILE), JSON.stringify(written))
  },

  /** Reads it; undefined where no upload had begun to come in, and the defaults where it is damaged. */
  async read(
    folder: StagingFolder,
  ): Promise<{ tokenId: string | undefined; details: UploadDetails } | undefined> {
    let written: string
    try {
      written = await readFile(folder.path(FILE), 'utf8')
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
    const { tokenId, ...details } = parse(written)
    return { tokenId, details: { ...DEFAULT_DETAILS, ...details } }
  },
}

function parse(written: string): z.output<typeof note> {
  try {
    return note.parse(JSON.parse(written))
  } catch {
    return note.parse({ tag: DEFAULT_DETAILS.tag })
  }
}
