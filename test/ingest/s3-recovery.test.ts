import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PackageJournal } from '../../src/storage/package-journal.ts'
import type { PackageManifest } from '../../src/storage/package-manifest.ts'
import { S3Bucket } from '../../src/storage/s3/s3-bucket.ts'
import { S3Records } from '../../src/storage/s3/s3-records.ts'
import { S3Store } from '../../src/storage/s3/s3-store.ts'
import { StagingArea } from '../../src/storage/staging-area.ts'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { openS3Server } from '../helpers/s3-server.ts'
import { s3Settings } from '../helpers/s3-settings.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const KEYS = ['a.pdb/1/a.pdb', 'b.pdb/1/b.pdb']
/** Of the one byte x. */
const SHA256 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'

const s3 = await openS3Server()

describe.skipIf(s3 === undefined)('a start over a bucket after a kill', () => {
  if (s3 === undefined) return
  const server = s3

  /** What a kill has left: a package begun, some of its files published, and perhaps the staged rest lost. */
  async function killed({ published, lost }: { published: readonly string[]; lost: boolean }) {
    const bucket = new S3Bucket(s3Settings(server, await server.bucket()))
    const stage = join(tempDir(), 'staging')
    const open = async (folder: string) => ({
      store: new S3Store(bucket, await StagingArea.open(folder)),
      journal: new PackageJournal(new S3Records(bucket)),
    })
    const { store, journal } = await open(stage)
    const folder = await store.stage('p1')
    for (const key of KEYS) writeFileSync(folder.path(key.charAt(0)), 'x')
    await journal.begin(manifest)
    await store.publish(published.map((key) => ({ staged: folder.path(key.charAt(0)), key })))
    const bench = await ingestBench(tempDir(), tempDir(), await open(lost ? tempDir() : stage))
    const listed = async (): Promise<string[]> => {
      const keys: string[] = []
      for await (const page of bucket.list()) keys.push(...page.map(({ key }) => key))
      return keys
    }
    return { bench, listed }
  }

  const whole = ['.symgate/packages/p1.json', ...KEYS]

  it.each([[[]], [KEYS.slice(0, 1)], [KEYS]])(
    'finishes a package of which %j had come',
    async (published) => {
      const { bench, listed } = await killed({ published, lost: false })
      await bench.recover()
      expect(await listed()).toEqual(whole)
      expect(bench.packages.ids()).toEqual(new Set(['p1']))
      expect(await bench.store.leftovers()).toEqual([])
    },
  )

  it('with another data folder takes a package for whole of which all had come', async () => {
    const { bench, listed } = await killed({ published: KEYS, lost: true })
    await bench.recover()
    expect(await listed()).toEqual(whole)
    expect(bench.packages.ids()).toEqual(new Set(['p1']))
  })

  it('with another data folder takes back a package of which a part had come', async () => {
    const { bench, listed } = await killed({ published: KEYS.slice(0, 1), lost: true })
    await bench.recover()
    expect(await listed()).toEqual([])
    expect(bench.packages.ids()).toEqual(new Set())
  })
})

const manifest: PackageManifest = {
  format: 1,
  id: 'p1',
  tag: 'anon',
  protected: false,
  verdict: 'good',
  receivedAtMs: 1_700_000_000_000,
  files: KEYS.map((key) => ({
    path: key.slice(4 + 2),
    status: 'stored',
    keys: [key],
    blob: {
      kind: 'pdb',
      size: 1,
      sha256: SHA256,
      storeKey: key,
      identities: [{ kind: 'path', path: key }],
      staged: key.charAt(0),
    },
  })),
}
