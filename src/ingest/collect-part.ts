import { AppError } from '../lib/app-error.ts'
import { collectFile } from './collect-file.ts'
import { MemberCollector } from './member-collector.ts'
import type { CollectOptions } from './collect-options.ts'
import type { CollectedFile } from './collected-file.ts'
import type { StagedFiles } from './staged-files.ts'
import { unfold } from './unfold.ts'
import type { TreePart, UploadPart } from './upload.ts'

/**
 * Reads one body to its end, file by file. Throws what `unfold` throws, `nothing_to_store` for an empty
 * body, and `name_required` for a single file that needs a name and has none.
 */
export async function* collectPart(
  part: UploadPart | TreePart,
  staged: StagedFiles,
  options: CollectOptions,
): AsyncGenerator<CollectedFile, void, undefined> {
  const unfolded =
    'entries' in part ? ({ kind: 'archive', ...part } as const) : await unfold(part, options)
  if (unfolded.kind === 'archive') {
    const members = new MemberCollector(staged, options)
    for await (const entry of unfolded.entries) yield await members.collect(entry)
    return
  }
  const { head, path } = unfolded
  if (head.byteLength === 0) throw new AppError('nothing_to_store', 'the upload is empty')
  const file = await collectFile(
    { ...unfolded, path: path ?? '(unnamed)', isAlone: true },
    staged,
    options.limits,
  )
  if (file.kind === 'accepted' && file.identification.needsName === true) {
    const { kind } = file.identification
    throw new AppError(
      'name_required',
      `a ${kind} file is found by its name: give it with upload_file=NAME`,
    )
  }
  yield file
}
