import type { Readable } from 'node:stream'
import { AppError } from '../../lib/app-error.ts'
import type { Expansion } from '../expansion.ts'
import { quotePath } from '../quote-path.ts'
import { toolStream } from './tool-stream.ts'

/** Formats that a program decompresses which sees nothing but its stdin. */
export type FilterFormat = 'bzip2' | 'lzip' | 'xz'

/** More than the 65 MiB that the highest preset of xz needs. */
const XZ_MEMORY = '300MiB'

const COMMANDS: Readonly<Record<FilterFormat, readonly [program: string, ...args: string[]]>> = {
  bzip2: ['bzip2', '-dc'],
  lzip: ['xz', '--format=lzip', `--memlimit-decompress=${XZ_MEMORY}`, '-T1', '-dc'],
  xz: ['xz', '--format=xz', `--memlimit-decompress=${XZ_MEMORY}`, '-T1', '-dc'],
}

/**
 * Decompresses a stream by piping it through `xz -dc` or `bzip2 -dc`, which must be there.
 *
 * The stream fails with `archive_damaged` when the program says so, with `limit_exceeded` when it would
 * need more than 300 MiB of memory or is stuck, with what `expansion` throws, and with the source's own
 * error. Destroying it, or its failing, ends the program and destroys the source.
 */
export function filter(source: Readable, format: FilterFormat, expansion: Expansion): Readable {
  const [program, ...args] = COMMANDS[format]
  let countedBytes = 0
  return toolStream({
    program,
    args,
    input: source,
    check(chunk, inputBytes) {
      expansion.add(inputBytes - countedBytes, chunk.length)
      countedBytes = inputBytes
    },
    failure: async ({ code, signal, complaint }) => {
      if (/memory/i.test(complaint)) {
        return new AppError(
          'limit_exceeded',
          `the ${format} stream needs more than ${XZ_MEMORY} of memory`,
        )
      }
      const said = complaint.trim().split('\n', 1)[0] ?? ''
      const why = said === '' ? `${program} ended with ${signal ?? code}` : quotePath(said)
      return new AppError('archive_damaged', `the ${format} stream is damaged: ${why}`)
    },
  })
}
