import { writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { syncFilesystem } from '../../src/lib/sync-filesystem.ts'
import { tempDir } from '../helpers/temp-dir.ts'

describe('syncFilesystem', () => {
  it.skipIf(platform() !== 'linux')('flushes the filesystem of a file', async () => {
    const file = join(tempDir(), 'file')
    writeFileSync(file, 'bytes')
    expect(await syncFilesystem(file)).toBe(true)
  })

  it('is false where it cannot be done', async () => {
    expect(await syncFilesystem(join(tempDir(), 'absent'))).toBe(false)
  })
})
