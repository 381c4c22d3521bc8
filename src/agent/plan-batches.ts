import type { LocalSymbol } from './local-file.ts'

/** What a broken connection costs at most, but for single files that are larger. */
const BATCH_BYTES = 128 << 20

/** A row for each comes back in one answer. */
const BATCH_FILES = 2000

/** Cuts the files into packages that are sent one by one; all in one where `strict`. */
export function planBatches(
  files: readonly LocalSymbol[],
  strict: boolean,
): readonly (readonly LocalSymbol[])[] {
  if (strict) return files.length === 0 ? [] : [files]
  const batches: LocalSymbol[][] = []
  let bytes = 0
  for (const file of files) {
    const batch = batches.at(-1)
    const isFull =
      batch === undefined || batch.length === BATCH_FILES || bytes + file.bytesOnDisk > BATCH_BYTES
    if (isFull) {
      batches.push([file])
      bytes = file.bytesOnDisk
    } else {
      batch.push(file)
      bytes += file.bytesOnDisk
    }
  }
  return batches
}
