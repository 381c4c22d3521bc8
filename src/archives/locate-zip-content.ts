import type { Entry } from 'yauzl'
import type { ByteReader } from '../lib/byte-reader.ts'
import { entryError } from './entry-error.ts'

const HEADER_BYTES = 30
const SIGNATURE = 0x04034b50

/**
 * Finds where an entry's content starts, from its local header. Throws `archive_hostile` when that
 * header tells another name or method than the central directory, or the content runs into the next
 * entry (`places`: all local headers, ascending); `archive_damaged` when it is none or the file too short.
 */
export async function locateZipContent(
  file: ByteReader,
  record: Entry,
  path: string,
  places: readonly number[],
): Promise<number> {
  const name = record.fileNameRaw
  const place = record.relativeOffsetOfLocalHeader
  const header = Buffer.from(await file.read(place, HEADER_BYTES + name.length))
  if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== SIGNATURE) {
    throw entryError('archive_damaged', path, 'its local header is missing')
  }
  const nameBytes = header.readUInt16LE(26)
  if (nameBytes !== name.length || !header.subarray(HEADER_BYTES).equals(name)) {
    throw entryError('archive_hostile', path, 'its local header tells another name')
  }
  if (header.readUInt16LE(8) !== record.compressionMethod) {
    throw entryError('archive_hostile', path, 'its local header tells another compression method')
  }
  const start = place + HEADER_BYTES + nameBytes + header.readUInt16LE(28)
  const end = start + record.compressedSize
  if (end > file.size) throw entryError('archive_damaged', path, 'the zip ends inside it')
  if (end > placeAfter(places, place)) {
    throw entryError('archive_hostile', path, 'it overlaps another entry')
  }
  return start
}

/** The place after this one (this one again where two records share it), or infinity for the last. */
function placeAfter(places: readonly number[], place: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? Infinity) < place) low = middle + 1
    else high = middle
  }
  return places[low + 1] ?? Infinity
}
