import { basename } from 'node:path'
import { detectFormat } from '../archives/detect-format.ts'
import { isErrno } from '../lib/is-errno.ts'
import { FileReader } from '../lib/file-reader.ts'
import { hashFile } from '../lib/hash-file.ts'
import { couldBeSymbol } from '../symbols/could-be-symbol.ts'
import type { Identification } from '../symbols/identification.ts'
import { identify } from '../symbols/identify.ts'
import { isUnsafeName } from '../symbols/is-unsafe-name.ts'
import type { FoundFile } from './find-files.ts'
import type { LocalFile } from './local-file.ts'

/** As much as tells every archive. */
const HEAD_BYTES = 36 << 10

/** What a compressed file holds. */
export interface UnpackedFile {
  readonly found: Identification
  readonly size: number
  readonly sha256: string
}

/** Unpacks a file that is compressed by itself (`app.pd_`, `app.pdb.gz`); a text says why it is none. */
export type Unpack = (path: string) => Promise<UnpackedFile | string>

/** Identifies and hashes a file, reading it in pieces. What cannot be read is `rejected`. */
export async function inspectFile(found: FoundFile, unpack: Unpack): Promise<LocalFile> {
  try {
    return await inspect(found, unpack)
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EPERM', 'ENOENT', 'EIO', 'EBUSY')) throw error
    const { path } = found
    return { kind: 'rejected', path, reason: `cannot be read: ${String(error)}` }
  }
}

async function inspect({ path, isNamed }: FoundFile, unpack: Unpack): Promise<LocalFile> {
  await using reader = await FileReader.open(path)
  const head = await reader.read(0, HEAD_BYTES)
  const isSymbol = couldBeSymbol(head)
  if (!isSymbol && detectFormat(head) !== undefined) {
    const unpacked = await unpack(path)
    // Whoever names an archive means what is in it.
    if (typeof unpacked === 'string')
      return { kind: isNamed ? 'rejected' : 'skipped', path, reason: unpacked }
    const { found, size, sha256 } = unpacked
    return toLocal(path, found, async () => ({ size, sha256, bytesOnDisk: reader.size }))
  }
  // Names alone say little of what a folder holds; of a file that was named they say what it should be.
  if (!isSymbol && !isNamed) return { kind: 'skipped', path, reason: 'not a symbol file' }
  return await toLocal(path, await identify(reader, basename(path)), async () => ({
    ...(await hashFile(path)),
    bytesOnDisk: reader.size,
  }))
}

async function toLocal(
  path: string,
  found: Identification,
  measure: () => Promise<{ size: number; sha256: string; bytesOnDisk: number }>,
): Promise<LocalFile> {
  if (found.status === 'reject') return { kind: 'rejected', path, reason: found.reason }
  if (found.status === 'skip') return { kind: 'skipped', path, reason: found.reason }
  const [key] = found.keys
  if (key === undefined || isUnsafeName(basename(path))) {
    return { kind: 'rejected', path, reason: 'no client can ask for a file of this name' }
  }
  return { kind: 'symbol', path, key, ...(await measure()) }
}
