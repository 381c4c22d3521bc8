import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeZip } from '../helpers/make-zip.ts'
import {
  createToken,
  runSymgate,
  startServer,
  waitUntil,
  type RunningServer,
} from '../helpers/server.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const pdb = makePdb({ guid: GUID, age: 1 })
const pe = makePe({ timestamp: 0x5617d563, sizeOfImage: 0x8000 })
const remote = makePdb({ guid: GUID, age: 2 })
const PATHS = {
  [`/app.pdb/${GUID}1/app.pdb`]: pdb,
  '/App.dll/5617D5638000/App.dll': pe,
  [`/app.pdb/${GUID}2/app.pdb`]: remote,
}

/** A stopped server's folder with a package of two files and one cached file. */
async function stoppedServer(): Promise<{
  server: RunningServer
  packageId: string
  config: object
}> {
  const upstream = await startUpstream((request, response) => {
    if (request.url?.includes(`${GUID}2`) === true) return void response.end(remote)
    response.writeHead(404).end()
  })
  const config = { upstreams: [{ name: 'first', url: upstream.url }] }
  const server = await startServer({ config })
  const token = await createToken(server, 'upload')
  const body = makeZip([
    { name: 'app.pdb', data: pdb },
    { name: 'App.dll', data: pe },
  ])
  const response = await fetch(`${server.url}/${token}/symbols?tag=7`, { method: 'POST', body })
  const { upload } = (await response.json()) as { upload: { id: string } }
  await expectAll(server)
  await server.stop()
  return { server, packageId: upload.id, config }
}

async function expectAll(server: RunningServer): Promise<void> {
  for (const [path, bytes] of Object.entries(PATHS)) {
    const answer = await curl(server.url + path)
    expect([path, answer.status, answer.body.equals(bytes)]).toEqual([path, 200, true])
  }
}

function dropDatabase(data: string): void {
  for (const name of readdirSync(data)) if (name.startsWith('symgate.db')) rmSync(join(data, name))
}

function packageIds(data: string): unknown[] {
  const database = new Database(join(data, 'symgate.db'), { readonly: true })
  try {
    return database
      .prepare(
        'SELECT id, tag, (SELECT count(*) FROM package_files WHERE package_id = id) AS files FROM packages',
      )
      .all()
  } finally {
    database.close()
  }
}

describe('a lost database', () => {
  it('is made anew at the next start, with every symbol and package', async () => {
    const { server, packageId } = await stoppedServer()
    dropDatabase(server.data)
    const again = await startServer({ data: server.data })
    await waitUntil(() => again.log().some(({ msg }) => msg === 'reindex done'))
    await expectAll(again)
    expect(packageIds(server.data)).toEqual([{ id: packageId, tag: '7', files: 2 }])
  })

  it('is made anew by symgate reindex, without a server and beside one', async () => {
    const { server, packageId } = await stoppedServer()
    dropDatabase(server.data)
    const alone = await runSymgate(['reindex', '--data', server.data])
    expect(alone).toMatchObject({
      code: 0,
      stdout: '1 packages, 0 files of no package, 1 cached files\n',
    })
    expect(packageIds(server.data)).toEqual([{ id: packageId, tag: '7', files: 2 }])

    const again = await startServer({ data: server.data })
    const beside = await runSymgate(['reindex', '--data', server.data])
    expect(beside).toMatchObject({ code: 0, stdout: alone.stdout })
    await expectAll(again)
  })

  it('does not lose files that somebody put into the tree by hand', async () => {
    const { server } = await stoppedServer()
    const stranger = makePdb({ guid: GUID, age: 3 })
    mkdirSync(join(server.data, `symbols/hand.pdb/${GUID}3`), { recursive: true })
    writeFileSync(join(server.data, `symbols/hand.pdb/${GUID}3/hand.pdb`), stranger)
    const { stdout } = await runSymgate(['reindex', '--data', server.data])
    expect(stdout).toBe('1 packages, 1 files of no package, 1 cached files\n')
    const again = await startServer({ data: server.data })
    expect((await curl(`${again.url}/hand.pdb/${GUID}3/hand.pdb`)).body.equals(stranger)).toBe(true)
  })
})

describe('a crash', () => {
  it('between manifest and index is finished at the next start', async () => {
    const { server, packageId } = await stoppedServer()
    // As a kill between the two renames would leave it: one file still staged, nothing indexed.
    const manifest = JSON.parse(
      readFileSync(join(server.data, `symbols/.symgate/packages/${packageId}.json`), 'utf8'),
    ) as {
      files: { blob: { staged: string; storeKey: string } }[]
    }
    const { staged, storeKey } = manifest.files[1]?.blob ?? { staged: '', storeKey: '' }
    const folder = join(server.data, 'symbols/.symgate/staging', packageId)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, staged), readFileSync(join(server.data, 'symbols', storeKey)))
    rmSync(join(server.data, 'symbols', storeKey))
    dropDatabase(server.data)

    const again = await startServer({ data: server.data })
    await waitUntil(() => again.log().some(({ msg }) => msg === 'reindex done'))
    await expectAll(again)
    expect(readdirSync(join(server.data, 'symbols/.symgate/staging'))).toEqual([])
  })

  it('between the renaming of a fill and the index is put right after the next start', async () => {
    const { server } = await stoppedServer()
    const database = new Database(join(server.data, 'symgate.db'))
    database.exec(`INSERT INTO marks (name) VALUES ('in-use')`)
    database.exec(
      `DELETE FROM identities WHERE root = 'cache'; DELETE FROM blobs WHERE root = 'cache'`,
    )
    // So that there is an index, and no need for a new one.
    database.exec(
      `INSERT INTO blobs (root, key, kind, size, etag, modified_at) VALUES ('cache', 'x/1/x', 'pdb', 1, 'x', 1)`,
    )
    database.close()
    // A command has the folder meanwhile and leaves it cleanly, without a look.
    expect(await runSymgate(['token', 'list', '--data', server.data])).toMatchObject({ code: 0 })
    const again = await startServer({ data: server.data })
    await waitUntil(() => again.log().some(({ msg }) => msg === 'cache looked through'))
    await expectAll(again)
    expect(await again.stop()).toBe(0)
    const clean = await startServer({ data: server.data })
    expect(clean.log().map(({ msg }) => msg)).not.toContain('cache looked through')
  })

  it('before the manifest leaves nothing', async () => {
    const { server } = await stoppedServer()
    const folder = join(server.data, 'symbols/.symgate/staging/half')
    mkdirSync(folder)
    writeFileSync(join(folder, '0'), 'half a file')
    const again = await startServer({ data: server.data })
    expect(readdirSync(join(server.data, 'symbols/.symgate/staging'))).toEqual([])
    await expectAll(again)
  })
})

it('a file that has gone from the disk is fetched, or can be uploaded, again', async () => {
  const { server, config } = await stoppedServer()
  rmSync(join(server.data, `cache/app.pdb`), { recursive: true })
  rmSync(join(server.data, 'symbols/App.dll'), { recursive: true })
  const again = await startServer({ data: server.data, config })
  expect(
    (await curl(`${again.url}/app.pdb/${GUID}2/app.pdb`)).headers.get('x-symgate-source'),
  ).toBe('upstream:first')
  expect((await curl(`${again.url}/App.dll/5617D5638000/App.dll`)).status).toBe(404)
  const token = await createToken(again, 'upload')
  await fetch(`${again.url}/${token}/symbols?upload_file=App.dll`, { method: 'POST', body: pe })
  await expectAll(again)
})
