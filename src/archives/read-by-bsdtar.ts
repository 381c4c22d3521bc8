import { stat } from 'node:fs/promises'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { AppError } from '../lib/app-error.ts'
import type { ArchiveEntry } from './archive-entry.ts'
import type { ArchiveLimits } from './archive-limits.ts'
import { ExpansionRatio } from './expansion-ratio.ts'
import type { ForeignFormat } from './foreign-format.ts'
import { judgeComplaint } from './judge-complaint.ts'
import { readTar } from './read-tar.ts'
import { sandboxArguments } from './tools/sandbox-arguments.ts'
import type { ToolEnd } from './tools/tool-end.ts'
import { toolStream } from './tools/tool-stream.ts'

/**
 * Reads an archive by bsdtar in its sandbox, which must be there (`missingTool`): bsdtar turns it into a
 * tar, which is read here. `format` must be what `detectFormat` has told of this file.
 *
 * Throws what `readTar` throws, `archive_damaged` with bsdtar's own words, `archive_hostile` when it is
 * encrypted, `unsupported_format` for what bsdtar does not know either, `limit_exceeded` when it needs
 * too much memory or time or unfolds like a bomb. Wrong checksums of a 7z show only at the end, when
 * all entries have been read; those of a rar and a cpio are not looked at by bsdtar.
 */
export async function* readByBsdtar(
  path: string,
  format: ForeignFormat,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const tar = await runBsdtar(path, ['-cf', '-', '--format=pax', '@/in'], async (end) => {
    if (isOutOfTime(end)) return outOfTime(format)
    // As a tar it often fails without a word; extraction gives the reason.
    await extract(path, format)
    return judgeComplaint(format, end.complaint)
  })
  yield* readTar(tar, limits)
  // As a tar, files with a wrong checksum pass in silence.
  if (format === '7z') await extract(path, format)
}

/** Extracts everything to nowhere; throws what is wrong with the archive. */
async function extract(path: string, format: ForeignFormat): Promise<void> {
  const content = await runBsdtar(path, ['-xOf', '/in'], async (end) =>
    isOutOfTime(end) ? outOfTime(format) : judgeComplaint(format, end.complaint),
  )
  for await (const _ of content);
}

async function runBsdtar(
  path: string,
  args: readonly string[],
  failure: (end: ToolEnd) => Promise<Error>,
): Promise<Readable> {
  const ratio = new ExpansionRatio()
  ratio.add((await stat(path)).size, 0)
  return toolStream({
    program: 'bwrap',
    args: sandboxArguments(path, args),
    check: (chunk) => ratio.add(0, chunk.length),
    failure,
  })
}

/** bwrap tells as a status which signal ended what it ran. */
function isOutOfTime({ code }: ToolEnd): boolean {
  return code === 128 + constants.signals.SIGKILL || code === 128 + constants.signals.SIGXCPU
}

function outOfTime(format: ForeignFormat): AppError {
  return new AppError('limit_exceeded', `the ${format} archive takes too long to be read`)
}
