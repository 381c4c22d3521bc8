import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { writeSparsePdb } from '../helpers/make-pdb.ts'
import { createToken, startServer, waitUntil } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GIB = 1 << 30
const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const MAX_MEMORY = 250 * (1 << 20)
const run = promisify(execFile)

async function sha256(source: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(source, hash)
  return hash.digest('hex')
}

/** Downloads to a file, so that the client is no bottleneck and its memory no concern. */
async function download(url: string, file: string): Promise<void> {
  await run('curl', ['--silent', '--fail', '--output', file, url])
}

it('a file of 2 GiB is uploaded, filled and downloaded in less than 250 MiB of memory', async () => {
  const folder = tempDir()
  const file = join(folder, 'big.pdb')
  await writeSparsePdb(file, { guid: GUID, age: 1, pageSize: 8192, size: 2 * GIB, fill: true })
  const expected = await sha256(createReadStream(file))

  const first = await startServer({ env: { SYMGATE_LOG__LEVEL: 'warn' } })
  const second = await startServer({
    config: { upstreams: [{ name: 'first', url: first.url }] },
    env: { SYMGATE_LOG__LEVEL: 'warn' },
  })
  const token = await createToken(first, 'upload')
  const upload = await run('curl', [
    '--silent',
    '--fail',
    '-X',
    'POST',
    '-T',
    file,
    `${first.url}/${token}/symbols?upload_file=big.pdb`,
  ])
  expect(JSON.parse(upload.stdout)).toMatchObject({ upload: { verdict: 'good', stored: 1 } })

  const path = `/big.pdb/${GUID}1/big.pdb`
  const copies = [join(folder, 'a'), join(folder, 'b'), join(folder, 'c')]
  await Promise.all(copies.map((copy) => download(second.url + path, copy)))
  await download(first.url + path, join(folder, 'd'))
  for (const copy of [...copies, join(folder, 'd')]) {
    expect(statSync(copy).size).toBe(statSync(file).size)
    expect(await sha256(createReadStream(copy))).toBe(expected)
  }
  await waitUntil(
    async () =>
      (await fetch(second.url + path, { method: 'HEAD' })).headers.get('x-symgate-source') ===
      'cache',
    60_000,
  )

  const peaks = { upload: first.peakMemory(), fill: second.peakMemory() }
  console.log(
    `peak memory: upload and download ${Math.round(peaks.upload / 1e6)} MB, fill and downloads ${Math.round(peaks.fill / 1e6)} MB`,
  )
  expect(Math.max(peaks.upload, peaks.fill)).toBeLessThan(MAX_MEMORY)
})
