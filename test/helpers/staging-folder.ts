import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StagingFolder } from '../../src/storage/blob-store.ts'
import { tempDir } from './temp-dir.ts'

/** A staging folder of its own, gone when the test has finished. */
export function stagingFolder(): StagingFolder {
  const dir = tempDir()
  return {
    id: 'test',
    path: (file) => join(dir, file),
    remove: (file) => rm(join(dir, file), { force: true }),
    discard: () => rm(dir, { recursive: true, force: true }),
  }
}
