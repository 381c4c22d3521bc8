import { open } from 'node:fs/promises'
import { pdbLayout, type PdbPlan } from './pdb-layout.ts'

const FILL_CHUNK_BYTES = 4 << 20

/** A small valid MSF 7.00 PDB with the given GUID and age, and a payload of any content as a stream. */
export function makePdb(plan: PdbPlan): Buffer {
  const { size, parts } = pdbLayout(plan)
  const file = Buffer.alloc(size)
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

/** Bytes of a xorshift generator with a fixed seed. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 0x9e3779b9
  for (let offset = 0; offset < length; offset += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes.writeInt32LE(state | 0, offset)
  }
  return bytes
}
