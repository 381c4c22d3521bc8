import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { openS3Server } from '../helpers/s3-server.ts'
import { runSymgate, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const keyOf = (age: number): string => `app.pdb/${GUID}${age.toString(16)}/app.pdb`
const pdb = (age: number): Buffer =>
  makePdb({ guid: GUID, age, payload: Buffer.from(`age ${age}`) })

const s3 = await openS3Server()

describe.skipIf(s3 === undefined)('packages in a bucket', () => {
  if (s3 === undefined) return

  async function bucketConfig() {
    const bucket = await s3!.bucket()
    const config = {
      store: {
        type: 's3',
        bucket,
        prefix: 'symbols',
        endpoint: s3!.endpoint,
        region: s3!.region,
        access_key_id: s3!.accessKeyId,
        secret_access_key: s3!.secretAccessKey,
      },
      retention: { tags: { 'nightly-*': { keep_last: 1 } }, safety_period: 0, interval: 0 },
      presets: 'off',
    }
    const file = join(tempDir(), 'symgate.yaml')
    writeFileSync(file, stringify(config))
    const keys = async (): Promise<string[]> => {
      const { Contents = [] } = await s3!.client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key = '' }) => Key.slice('symbols/'.length)).filter(
        (key) =>
          !key.startsWith('.symgate/') || key.includes('quarantine') || key.endsWith('.deletion'),
      )
    }
    return { bucket, config, file, keys }
  }

  async function upload(server: RunningServer, tag: string, ages: number[]): Promise<string> {
    const response = await fetch(`${server.url}/api/v1/uploads?tag=${tag}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}` },
      body: makeZip(ages.map((age) => ({ name: `${age}/app.pdb`, data: pdb(age) }))),
    })
    const { upload } = (await response.json()) as { upload: { id: string } }
    return upload.id
  }

  const statuses = async (server: RunningServer, ages: readonly number[]): Promise<number[]> =>
    await Promise.all(ages.map(async (age) => (await curl(`${server.url}/${keyOf(age)}`)).status))

  it('are deleted and expire, and what others hold stays, also in a rebuilt index', async () => {
    const { config, file, keys } = await bucketConfig()
    const server = await startServer({ config })
    const first = await upload(server, 'a', [1, 2])
    await upload(server, 'nightly-1', [2, 3, 4])
    const removed = await fetch(`${server.url}/api/v1/uploads/${first}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${server.adminToken}` },
    })
    expect(removed.status).toBe(204)
    expect(await statuses(server, [1, 2, 3, 4])).toEqual([404, 200, 200, 200])
    await upload(server, 'nightly-2', [4, 5])
    const sweep = await runSymgate(['sweep', '--data', server.data, '--config', file])
    expect(sweep).toMatchObject({ code: 0 })
    expect(await statuses(server, [1, 2, 3, 4, 5])).toEqual([404, 404, 404, 200, 200])
    expect(await keys()).toEqual([keyOf(4), keyOf(5)])
    expect(await server.stop()).toBe(0)

    const elsewhere = await startServer({ config })
    await waitUntil(() => elsewhere.log().some(({ msg }) => msg === 'reindex done'))
    expect(await statuses(elsewhere, [1, 2, 3, 4, 5])).toEqual([404, 404, 404, 200, 200])
  })

  it('are checked, and rotten objects quarantined in the bucket', async () => {
    const { bucket, config, file, keys } = await bucketConfig()
    const server = await startServer({ config })
    await upload(server, 'a', [1, 2])
    const rotten = pdb(1)
    rotten.writeUInt8(1, rotten.byteLength - 1)
    await s3.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: `symbols/${keyOf(1)}`, Body: rotten }),
    )
    const flags = ['--json', '--data', server.data, '--config', file]
    const found = await runSymgate(['check', ...flags])
    expect([found.code, JSON.parse(found.stdout)]).toMatchObject([
      1,
      { files: 2, read: 2, findings: [{ kind: 'rotten', key: keyOf(1), repair: null }] },
    ])
    const repaired = await runSymgate(['check', '--repair', ...flags])
    expect([repaired.code, JSON.parse(repaired.stdout)]).toMatchObject([
      0,
      { findings: [{ kind: 'rotten', repair: 'quarantined' }] },
    ])
    expect(await statuses(server, [1, 2])).toEqual([404, 200])
    const aside = `.symgate/quarantine/${keyOf(1)}`
    expect(await keys()).toEqual([aside, keyOf(2)])
    const { Body } = await s3.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: `symbols/${aside}` }),
    )
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(rotten)).toBe(true)
    await upload(server, 'a', [1])
    expect(await statuses(server, [1, 2])).toEqual([200, 200])
  })

  it('survive kills in the middle of deletions', async () => {
    const { config } = await bucketConfig()
    let server = await startServer({ config })
    const { data, adminToken } = server
    const doomed: string[] = []
    for (let n = 0; n < 12; n++) doomed.push(await upload(server, 'a', [n * 2 + 10, n * 2 + 11]))
    await upload(
      server,
      'kept',
      Array.from({ length: 12 }, (_, n) => n * 2 + 10),
    )
    for (let round = 0; round < 3; round++) {
      const work = (async () => {
        for (const id of doomed)
          await fetch(`${server.url}/api/v1/uploads/${id}`, {
            method: 'DELETE',
            headers: { authorization: `Bearer ${adminToken}` },
          })
      })().catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 60 + 60 * round))
      await server.kill()
      await work
      server = await startServer({ data, config })
      for (const [n, id] of doomed.entries()) {
        const { status } = await fetch(`${server.url}/api/v1/uploads/${id}`, {
          headers: { authorization: `Bearer ${adminToken}` },
        })
        expect([n, await statuses(server, [n * 2 + 10, n * 2 + 11])]).toEqual([n, [200, status]])
      }
    }
  })
})
