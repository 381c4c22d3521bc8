import { basename } from 'node:path'
import { FileReader } from '../../src/lib/file-reader.ts'
import type { Identification } from '../../src/symbols/identification.ts'
import { identify } from '../../src/symbols/identify.ts'

/** Identifies a file on disk under its own name. */
export async function identifyFile(path: string): Promise<Identification> {
  await using reader = await FileReader.open(path)
  return await identify(reader, basename(path)) // before the reader is closed
}
