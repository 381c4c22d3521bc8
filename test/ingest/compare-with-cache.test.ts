import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { makePdb } from '../helpers/make-pdb.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const KEY = `App.pdb/${GUID}1/App.pdb`
const pdb = makePdb({ guid: GUID, age: 1 })
const altered = Buffer.from(pdb)
altered.write('altered', altered.byteLength - 10)

/** A bench in whose cache the upstream msdl's copy of the file lies. */
async function benchWithCopy(content: Buffer, identity = `pdb:${GUID}:1`) {
  const bench = await ingestBench()
  mkdirSync(dirname(join(bench.cacheRoot, KEY)), { recursive: true })
  writeFileSync(join(bench.cacheRoot, KEY), content)
  bench.blobs.put({
    blob: {
      root: 'cache',
      key: KEY,
      kind: 'pdb',
      size: content.byteLength,
      etag: 'random',
      source: 'msdl',
      modifiedAtMs: 1,
    },
    identities: [identity],
  })
  return bench
}

describe('an upload beside a verified copy of an upstream', () => {
  it.each([
    ['other bytes', altered],
    ['another size', makePdb({ guid: GUID, age: 1, size: pdb.byteLength + 4096 })],
  ])('with %s raises an alert, and is stored all the same', async (_, copy) => {
    const bench = await benchWithCopy(copy)
    const { manifest } = await bench.upload({ 'App.pdb': pdb })
    expect(manifest.files).toMatchObject([
      {
        status: 'stored',
        alert: `differs from the copy that upstream msdl has of this id (${copy.byteLength} bytes, here ${pdb.byteLength})`,
      },
    ])
    expect(bench.history.get(manifest.id)?.counts.alerts).toBe(1)
    expect(bench.history.files(manifest.id, -1, 9)[0]?.alert).toContain('msdl')
    expect(bench.finished).toMatchObject([{ files: [{ alert: expect.any(String) }] }])
  })

  it('raises none when they are the same, or the copy was not verified', async () => {
    for (const bench of [
      await benchWithCopy(pdb),
      await benchWithCopy(altered, `path:${KEY.toLowerCase()}`),
    ]) {
      const { manifest } = await bench.upload({ 'App.pdb': pdb })
      expect(manifest.files[0]).not.toHaveProperty('alert')
    }
  })
})
