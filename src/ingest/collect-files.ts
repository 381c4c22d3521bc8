import { collectEmbeddedPdb } from './collect-embedded-pdb.ts'
import type { CollectOptions } from './collect-options.ts'
import { collectPart } from './collect-part.ts'
import type { CollectedFile } from './collected-file.ts'
import { StagedFiles } from './staged-files.ts'
import type { TreePart, UploadPart } from './upload.ts'
import { UploadTotals } from './upload-totals.ts'

/**
 * Reads every part of an upload to its end: each symbol file in it is staged and identified, everything
 * else becomes a row that says why not. What the bytes are is told by the bytes alone.
 */
export async function collectFiles(
  parts: AsyncIterable<UploadPart | TreePart>,
  options: CollectOptions,
): Promise<readonly CollectedFile[]> {
  const { folder, limits, proceed } = options
  const staged = new StagedFiles(folder, proceed)
  const totals = new UploadTotals(limits)
  const files: CollectedFile[] = []
  try {
    await proceed?.(0)
    for await (const part of parts) {
      for await (const file of collectPart(part, staged, options)) {
        const embedded = await collectEmbeddedPdb(file, staged, options)
        for (const found of embedded === undefined ? [file] : [file, embedded]) {
          totals.add(found)
          files.push(found)
        }
        await proceed?.(0)
      }
    }
  } finally {
    // Also after a failure: the folder cannot go while something is written to it.
    await staged.settle()
  }
  return files
}
