import { stat } from 'node:fs/promises'
import { constants } from 'node:os'
import { AppError } from '../lib/app-error.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { ExpansionRatio } from './expansion-ratio.ts'
import { quotePath } from './quote-path.ts'
import { readTar } from './read-tar.ts'
import { sandboxArguments } from './tools/sandbox.ts'
import type { ToolEnd } from './tools/tool-end.ts'
import { toolStream } from './tools/tool-stream.ts'

/** The formats that are left to bsdtar. */
export type ForeignFormat = '7z' | 'cab' | 'cpio' | 'iso' | 'rar' | 'xar'

/** Formats whose wrong checksums bsdtar passes over in silence while it turns them into a tar. */
const CHECKED_BY_EXTRACTION: ReadonlySet<ForeignFormat> = new Set(['7z', 'rar'])

/**
 * Reads an archive by bsdtar in its sandbox, which must be there (`missingTool`): bsdtar turns it into a
 * tar, which is read here. `format` must be what `detectFormat` has told of this file.
 *
 * Throws what `readTar` throws, and `archive_damaged` or `archive_hostile` (encrypted) with bsdtar's own
 * words, `limit_exceeded` when it needs too much memory, time or unfolds like a bomb. Wrong checksums of
 * 7z and rar show only at the end, when all entries have been read.
 */
export async function* readByBsdtar(
  path: string,
  format: ForeignFormat,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const ratio = await ratioOf(path)
  const tar = toolStream({
    program: 'bwrap',
    args: sandboxArguments(path, ['-cf', '-', '--format=pax', '@/in']),
    check: (chunk) => ratio.add(0, chunk.length),
    // As a tar it often fails without a word; extraction gives the reason.
    failure: async (end) =>
      isOutOfTime(end) ? outOfTime(format) : ((await extract(path, format)) ?? damaged(format, '')),
  })
  yield* readTar(tar, limits)
  if (!CHECKED_BY_EXTRACTION.has(format)) return
  const problem = await extract(path, format)
  if (problem !== undefined) throw problem
}

/** Extracts everything to nowhere; resolves what is wrong with the archive, or undefined. */
async function extract(path: string, format: ForeignFormat): Promise<AppError | undefined> {
  const ratio = await ratioOf(path)
  let problem: AppError | undefined
  const nothing = toolStream({
    program: 'bwrap',
    args: sandboxArguments(path, ['-xOf', '/in']),
    check: (chunk) => ratio.add(0, chunk.length),
    failure: async (end) => {
      problem = isOutOfTime(end) ? outOfTime(format) : judge(format, end.complaint)
      return problem
    },
  })
  try {
    for await (const _ of nothing);
  } catch (error) {
    if (error !== problem) throw error
  }
  return problem
}

async function ratioOf(path: string): Promise<ExpansionRatio> {
  const ratio = new ExpansionRatio()
  ratio.add((await stat(path)).size, 0)
  return ratio
}

function isOutOfTime({ code }: ToolEnd): boolean {
  return code === 128 + constants.signals.SIGKILL || code === 128 + constants.signals.SIGXCPU
}

function judge(format: ForeignFormat, complaint: string): AppError {
  const [line = ''] = complaint
    .split('\n')
    .filter((text) => !/\(null\)|^bsdtar: Error exit/.test(text))
  const words = line
    .replace(/^bsdtar: (?:Error reading archive \/in: )?/, '')
    .replace(
      /: (?:Unknown error -1|Invalid or incomplete multibyte or wide character|Success)$/,
      '',
    )
  if (/encrypt|passphrase|password/i.test(words)) {
    return new AppError('archive_hostile', `the ${format} archive is encrypted`)
  }
  if (/allocat|out of memory/i.test(words)) {
    return new AppError('limit_exceeded', `the ${format} archive needs too much memory to be read`)
  }
  if (/unsupported|not supported/i.test(words)) {
    return new AppError(
      'unsupported_format',
      `bsdtar cannot read the ${format} archive: ${quotePath(words)}`,
    )
  }
  return damaged(format, words)
}

function outOfTime(format: ForeignFormat): AppError {
  return new AppError('limit_exceeded', `the ${format} archive takes too long to be read`)
}

function damaged(format: ForeignFormat, words: string): AppError {
  const said = words === '' ? '' : `: ${quotePath(words)}`
  return new AppError('archive_damaged', `the ${format} archive is damaged${said}`)
}
