import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StagingFolder } from '../storage/blob-store.ts'

/** A staging folder outside of any store, for commands that only look at files. */
export async function temporaryFolder(): Promise<StagingFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'symgate-'))
  return {
    id: 'temporary',
    path: (file) => join(folder, file),
    remove: (file) => rm(join(folder, file), { force: true }),
    discard: () => rm(folder, { recursive: true, force: true }),
  }
}
