import { CabinetReader } from '../../src/cabinet/cabinet-reader.ts'

/** The bytes as a source of chunks of this size. */
export async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes)
    yield bytes.subarray(at, at + chunkBytes)
}

/** Every file of a cabinet that comes in chunks of this size. */
export async function readAll(
  cabinet: Uint8Array,
  chunkBytes = 65_536,
): Promise<{ name: string; content: Buffer }[]> {
  await using reader = await CabinetReader.open(inChunks(cabinet, chunkBytes))
  const files = []
  for (const file of reader.files) {
    files.push({
      name: file.name,
      content: Buffer.concat(await Array.fromAsync(reader.extract(file))),
    })
  }
  return files
}
