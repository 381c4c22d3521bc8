import { describe, expect, it } from 'vitest'
import { fillContent } from '../../../src/http/download/fill-content.ts'
import { GrowingFile } from '../../../src/lookup/growing-file.ts'
import { tempDir } from '../../helpers/temp-dir.ts'

describe('fillContent', () => {
  it('is read while the fill grows, and is gone once that is over and everybody has left', async () => {
    const file = await GrowingFile.create(`${tempDir()}/fill`)
    const fill = { file, etag: 'e', startedAtMs: 5, upstream: 'u', size: undefined }
    const opened = await fillContent(fill).open()
    await file.append(Buffer.from('content'))
    await file.complete()
    expect(await fillContent(fill).finalSize()).toBe(7)
    const target = new Uint8Array(10)
    expect(await opened?.read(target, 3)).toBe(4)
    opened?.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(await fillContent(fill).open()).toBeUndefined()
  })
})
