import { collectEmbeddedPdb } from './collect-embedded-pdb.ts'
import type { CollectOptions } from './collect-options.ts'
import { collectPart } from './collect-part.ts'
import type { CollectedFile } from './collected-file.ts'
import { StagedFiles } from './staged-files.ts'
import type { TreePart, UploadPart } from './upload.ts'
import { UploadTotals } from './upload-totals.ts'

/**
 * Reads every part of an upload to its end: each symbol file in it is staged and identified, everything
 * else becomes a row that says why not. What the bytes are is told by the bytes alone. `step` runs
 * between two files; what it rejects with ends the reading.
 */
export async function collectFiles(
  parts: AsyncIterable<UploadPart | TreePart>,
  options: CollectOptions,
  step: () => Promise<void> = async () => {},
): Promise<readonly CollectedFile[]> {
  const staged = new StagedFiles(options.folder)
  const totals = new UploadTotals(options.limits)
  const files: CollectedFile[] = []
  try {
    await step()
    for await (const part of parts) {
      for await (const file of collectPart(part, staged, options)) {
        const embedded = await collectEmbeddedPdb(file, staged, options)
        for (const found of embedded === undefined ? [file] : [file, embedded]) {
          totals.add(found)
          files.push(found)
        }
        await step()
      }
    }
  } finally {
    // Also after a failure: the folder cannot go while something is written to it.
    await staged.settle()
  }
  return files
}
