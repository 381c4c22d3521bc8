import { fromRandomAccessReaderPromise } from 'yauzl'
import type { Entry, ZipFile } from 'yauzl'
import { AppError } from '../lib/app-error.ts'
import type { ByteReader } from '../lib/byte-reader.ts'
import { entryError } from './entry-error.ts'
import { ZipDirectoryReader } from './zip-directory-reader.ts'

const RECORD_SIGNATURE = 0x02014b50
const RECORD_BYTES = 46
const NAME_BYTES_AT = 28

/** Our words for yauzl's beginnings of messages that people meet. */
const PLAIN_WORDS: readonly (readonly [string, string])[] = [
  ['Invalid comment length', 'bytes follow its end record, or the end record is cut'],
  ['End of central directory', 'its end record is missing, so the zip is probably cut'],
]

/**
 * The records of a zip's central directory in order, zip64 included, their names undecoded.
 *
 * Throws `archive_damaged` when the end record or a record is missing or wrong, or the directory goes on
 * after the last record that the end record counts; `archive_hostile` where a record is encrypted by
 * the strong scheme.
 */
export async function* centralDirectory(file: ByteReader): AsyncGenerator<Entry, void, undefined> {
  let records = 0
  let zip: ZipFile | undefined
  try {
    zip = await fromRandomAccessReaderPromise(new ZipDirectoryReader(file), file.size, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    })
    for await (const record of zip.eachEntry()) {
      records += 1
      yield record
    }
  } catch (error) {
    if (!(error instanceof Error) || 'syscall' in error) throw error
    if (zip !== undefined && error.message.startsWith('strong encryption')) {
      const name = await recordName(file, Number(zip.readEntryCursor))
      throw entryError('archive_hostile', name, 'encrypted', { cause: error })
    }
    throw damaged(error, records)
  }
  // Writers without zip64 count 65,536 records as none; a directory must not lose its rest in silence.
  const next = Buffer.from(await file.read(Number(zip.readEntryCursor), 4))
  if (next.length === 4 && next.readUInt32LE() === RECORD_SIGNATURE) {
    throw new AppError(
      'archive_damaged',
      `the zip's directory goes on after the ${records} entries that its end record counts`,
    )
  }
}

function damaged(error: Error, records: number): AppError {
  const place = records === 0 ? 'at its beginning' : `after ${records} entries`
  const plain = PLAIN_WORDS.find(([beginning]) => error.message.startsWith(beginning))
  const problem = plain?.[1] ?? error.message
  return new AppError('archive_damaged', `the zip's directory is damaged ${place}: ${problem}`, {
    cause: error,
  })
}

async function recordName(file: ByteReader, place: number): Promise<string> {
  const record = Buffer.from(await file.read(place, RECORD_BYTES))
  const nameBytes = record.readUInt16LE(NAME_BYTES_AT)
  return Buffer.from(await file.read(place + RECORD_BYTES, nameBytes)).toString()
}
