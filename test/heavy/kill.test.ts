import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listFiles } from '../helpers/list-files.ts'
import { createToken, startServer } from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { expectServed, fillUntilKilled, numbered, sha256, uploadUntilKilled } from './kill-work.ts'

const ROUNDS = 20

it('20 kills at random moments of uploads and fills lose nothing that was acknowledged and leave nothing half', async () => {
  const upstream = await startUpstream((request, response) => {
    const number = Number(/file(\d+)/.exec(request.url ?? '')?.[1])
    const { bytes } = numbered(number)
    response.writeHead(200, { 'content-length': bytes.byteLength })
    response.write(bytes.subarray(0, 100_000), () =>
      setTimeout(() => response.end(bytes.subarray(100_000)), randomInt(20)),
    )
  })
  const config = { upstreams: [{ name: 'first', url: upstream.url }], log: { level: 'error' } }
  const data = tempDir()
  const acknowledged = new Map<string, string>()
  let uploaded = 0
  let filled = 1_000_000
  let server = await startServer({ data, config })
  const token = await createToken(server, 'upload')

  for (let round = 0; round < ROUNDS; round++) {
    const work = [
      uploadUntilKilled(server, token, () => uploaded++, acknowledged),
      uploadUntilKilled(server, token, () => uploaded++, acknowledged),
      fillUntilKilled(server, () => filled++),
      fillUntilKilled(server, () => filled++),
    ]
    await new Promise((resolve) => setTimeout(resolve, randomInt(50, 1200)))
    await server.kill()
    await Promise.all(work)
    server = await startServer({ data, config })
    expect(readdirSync(join(data, 'symbols/.symgate/staging'))).toEqual([])
    expect(readdirSync(join(data, 'cache/.symgate/staging/fills'))).toEqual([])
    await expectServed(server, acknowledged)
    expectWhole(data)
  }
  console.log(
    `${acknowledged.size} acknowledged uploads and ${filled - 1_000_000} fills over ${ROUNDS} kills`,
  )
  expect(acknowledged.size).toBeGreaterThan(ROUNDS)
})

function expectWhole(data: string): void {
  for (const root of ['symbols', 'cache']) {
    for (const name of listFiles(join(data, root))) {
      if (name.startsWith('.symgate/')) continue
      const { bytes } = numbered(Number(/file(\d+)/.exec(name)?.[1]))
      expect([name, sha256(readFileSync(join(data, root, name)))]).toEqual([name, sha256(bytes)])
    }
  }
}
