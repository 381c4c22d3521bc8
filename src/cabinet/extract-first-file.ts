import type { Readable } from 'node:stream'
import { Cabinet } from './cabinet.ts'
import type { CabinetFile } from './cabinet-file.ts'
import { damaged } from './damaged.ts'

/**
 * Opens what a compressed file of a SymStore (`name_`) holds: the first file of its cabinet, decompressed
 * in a thread while the cabinet comes. Rejects and fails as `Cabinet` does; the end of the content,
 * whatever it is, closes everything.
 */
export async function extractFirstFile(
  source: Readable,
): Promise<{ readonly file: CabinetFile; readonly content: Readable }> {
  const cabinet = await Cabinet.open(source)
  const [file] = cabinet.files
  if (file === undefined) throw damaged('it holds no files')
  const content = cabinet.extract(file)
  content.on('close', () => void cabinet.close())
  return { file, content }
}
