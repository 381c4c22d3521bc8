import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { openZippedFile } from '../../src/archives/open-zipped-file.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makeZip, type ZipEntrySpec } from '../helpers/make-zip.ts'
import { tempDir } from '../helpers/temp-dir.ts'

function open(entries: readonly ZipEntrySpec[], limits = generousLimits) {
  const path = join(tempDir(), 'app.pd_')
  writeFileSync(path, makeZip(entries))
  return openZippedFile(path, limits)
}

describe('a zip of one file', () => {
  it('is opened as that file, whatever folders are around it', async () => {
    const file = await open([{ name: 'bin/' }, { name: 'bin/app.pdb', data: 'content' }])
    expect([file?.path, file?.size]).toEqual(['bin/app.pdb', 7])
    expect(file && (await buffer(file.content)).toString()).toBe('content')
  })

  it('fails in its content when that is damaged', async () => {
    const file = await open([{ name: 'app.pdb', data: 'content', central: { crc: 1 } }])
    await expect(file && buffer(file.content)).rejects.toThrow('checksum')
  })

  it.each([
    ['none', []],
    ['a folder only', [{ name: 'bin/' }]],
    ['two', [{ name: 'a.pdb' }, { name: 'b.pdb' }]],
  ])('is not what holds %s', async (_, entries) => {
    expect(await open(entries)).toBeUndefined()
  })

  it('is refused beyond a limit', async () => {
    const limits = { ...generousLimits, maxEntryBytes: 6 }
    await expect(open([{ name: 'a.pdb', data: 'content' }], limits)).rejects.toThrow(
      'limits.entry_size',
    )
  })
})
