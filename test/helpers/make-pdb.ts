import { open } from 'node:fs/promises'
import { noise } from './noise.ts'
import { pdbLayout, type PdbPlan } from './pdb-layout.ts'

const FILL_CHUNK_BYTES = 4 << 20

/**
 * A small valid MSF 7.00 PDB with the given GUID and age, and a payload of any content as a stream. Its
 * free pages are zero, or with `fill` repeatable bytes that do not compress.
 */
export function makePdb({ fill = false, ...plan }: PdbPlan & { readonly fill?: boolean }): Buffer {
  const { size, parts } = pdbLayout(plan)
  const file = fill ? noise(size) : Buffer.alloc(size)
  for (const { offset, bytes } of parts) bytes.copy(file, offset)
  return file
}

/**
 * Writes a valid PDB of at least `size` bytes (whole pages): its free pages are holes, or with `fill`
 * repeatable bytes that do not compress.
 */
export async function writeSparsePdb(
  path: string,
  { fill = false, ...plan }: PdbPlan & { readonly size: number; readonly fill?: boolean },
): Promise<void> {
  const { size, parts } = pdbLayout(plan)
  const file = await open(path, 'w')
  try {
    await file.truncate(size)
    if (fill) {
      const chunk = noise(FILL_CHUNK_BYTES)
      for (let offset = 0; offset < size; offset += FILL_CHUNK_BYTES) {
        chunk.writeDoubleLE(offset, 0) // so that no two chunks are equal
        await file.write(chunk, 0, Math.min(FILL_CHUNK_BYTES, size - offset), offset)
      }
    }
    for (const { offset, bytes } of parts) await file.write(bytes, 0, bytes.byteLength, offset)
  } finally {
    await file.close()
  }
}
