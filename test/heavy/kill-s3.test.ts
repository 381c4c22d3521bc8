import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { openS3Server } from '../helpers/s3-server.ts'
import { createToken, startServer, waitUntil } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { expectServed, numbered, sha256, uploadUntilKilled } from './kill-work.ts'

const ROUNDS = 10

/** Rounds after which the data folder is lost with the process. */
const LOST_AFTER = [3, 7]

/** Larger than one part, so that kills come in the middle of uploads in parts too. */
const LARGE_BYTES = 20_000_000

const s3 = await openS3Server()

describe.skipIf(s3 === undefined)('kills of a symgate whose store is a bucket', () => {
  if (s3 === undefined) return

  it('lose nothing that was acknowledged, leave nothing half, and no uploads in parts', async () => {
    const Bucket = await s3.bucket()
    const store = {
      type: 's3',
      bucket: Bucket,
      endpoint: s3.endpoint,
      region: s3.region,
      access_key_id: s3.accessKeyId,
      secret_access_key: s3.secretAccessKey,
    }
    const config = { store, log: { level: 'info' } }
    let data = tempDir()
    const acknowledged = new Map<string, string>()
    let uploaded = 0
    const next = (): number => uploaded++
    const nextLarge = (): number => 1_000_000 + uploaded++
    let server = await startServer({ data, config })

    for (let round = 0; round < ROUNDS; round++) {
      const token = await createToken(server, 'upload')
      const work = [
        uploadUntilKilled(server, token, next, acknowledged),
        uploadUntilKilled(server, token, next, acknowledged),
        uploadUntilKilled(server, token, nextLarge, acknowledged, { files: 1, bytes: LARGE_BYTES }),
      ]
      await new Promise((resolve) => setTimeout(resolve, randomInt(300, 2500)))
      await server.kill()
      await Promise.all(work)
      const isLost = LOST_AFTER.includes(round)
      if (isLost) {
        data = tempDir()
        await s3.removeObjects(Bucket, '.symgate/lease.json')
      }
      server = await startServer({ data, config })
      if (isLost)
        await waitUntil(() => server.log().some(({ msg }) => msg === 'reindex done'), 60_000)
      expect(readdirSync(join(data, 'staging'))).toEqual([])
      await expectServed(server, acknowledged)
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS)
    await server.stop()

    const keys: string[] = []
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3.client }, { Bucket }))
      keys.push(...Contents.map(({ Key }) => Key ?? ''))
    expect(keys.filter((key) => /\.begun$|lease/.test(key))).toEqual([])
    for (const key of keys.filter((name) => !name.startsWith('.symgate/'))) {
      const number = Number(/file(\d+)/.exec(key)?.[1])
      const { bytes } = numbered(number, number < 1_000_000 ? undefined : LARGE_BYTES)
      const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key: key }))
      expect([key, sha256((await Body?.transformToByteArray()) ?? bytes)]).toEqual([
        key,
        sha256(bytes),
      ])
    }
    const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket }))
    console.log(
      `${acknowledged.size} acknowledged files, ${keys.length} objects, ${Uploads.length} uploads left over ${ROUNDS} kills`,
    )
    expect(Uploads.length).toBeLessThanOrEqual(LOST_AFTER.length)
  })
})
