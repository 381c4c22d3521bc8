import { Readable } from 'node:stream'
import type { ArchiveTools } from '../../src/archives/tools/archive-tools.ts'
import type { ArchiveLimits } from '../../src/archives/archive-limits.ts'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { collectFiles } from '../../src/ingest/collect-files.ts'
import type { CollectedFile } from '../../src/ingest/collected-file.ts'
import { generousLimits } from './generous-limits.ts'
import { stagingFolder } from './staging-folder.ts'

const cabinets = new CabinetThreads()

/** Takes in one body through the real ingest; in small chunks, as from a network. */
export async function collect(
  body: Buffer,
  tools: ArchiveTools,
  options: { readonly fileName?: string; readonly limits?: ArchiveLimits } = {},
): Promise<readonly CollectedFile[]> {
  const chunks = Array.from({ length: Math.ceil(body.length / 60_000) }, (_, index) =>
    body.subarray(index * 60_000, (index + 1) * 60_000),
  )
  const part = { body: Readable.from(chunks, { objectMode: false }), fileName: options.fileName }
  const limits = options.limits ?? generousLimits
  return await collectFiles(Readable.from([part]), {
    folder: stagingFolder(),
    limits,
    cabinets,
    tools,
  })
}
