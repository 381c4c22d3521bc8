import { expect, it } from 'vitest'
import { ingestBench } from '../helpers/ingest-bench.ts'
import { makePdb } from '../helpers/make-pdb.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const FILES = { 'app.pdb': makePdb({ guid: GUID, age: 1 }) }

it('a stop waits for the upload that runs', async () => {
  const bench = await ingestBench()
  const { promise: turn, resolve } = Promise.withResolvers<void>()
  void bench.commit.run(() => turn)
  const upload = bench.upload(FILES)
  const closed = bench.ingest.close(60_000)
  resolve()
  expect((await upload).manifest.verdict).toBe('good')
  await closed
  expect(bench.files()).toEqual([`app.pdb/${GUID}1/app.pdb`])
})

it('one that is not being published when the time is over fails, is noted, and leaves nothing', async () => {
  const bench = await ingestBench()
  const { promise: turn, resolve } = Promise.withResolvers<void>()
  void bench.commit.run(() => turn)
  const upload = bench.upload(FILES)
  const closed = bench.ingest.close(0)
  setTimeout(resolve, 100)
  await expect(upload).rejects.toMatchObject({ code: 'upload_interrupted' })
  await closed
  expect(bench.files()).toEqual([])
  expect(bench.internal()).toEqual([])
  expect(bench.finished[0]?.error?.code).toBe('upload_interrupted')
})

it('whatever comes after a stop fails', async () => {
  const bench = await ingestBench()
  await bench.ingest.close(0)
  await expect(bench.upload(FILES)).rejects.toMatchObject({ code: 'upload_interrupted' })
  expect(bench.files()).toEqual([])
})
