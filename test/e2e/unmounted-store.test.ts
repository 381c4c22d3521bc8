import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { runSymgate, startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const PDB = `/app.pdb/${GUID}1/app.pdb`

/** A stopped server's data, and what was its store as if the disk below it were not mounted. */
async function unmounted() {
  const mount = join(tempDir(), 'mnt')
  const config = { store: { path: mount } }
  const server = await startServer({ config })
  await fetch(`${server.url}/api/v1/uploads?upload_file=app.pdb`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}` },
    body: makePdb({ guid: GUID, age: 1 }),
  })
  expect((await curl(server.url + PDB)).status).toBe(200)
  await server.stop()
  const disk = `${mount}-disk`
  renameSync(mount, disk)
  mkdirSync(mount)
  const remount = (): void => renameSync(disk, mount)
  const run = async (command: string, ...more: string[]) =>
    await runSymgate([command, '--data', server.data, ...more], {
      env: { SYMGATE_STORE__PATH: mount },
    })
  return { data: server.data, mount, config, remount, run }
}

describe('a store whose disk is not mounted', () => {
  it('ends the start with status 1, and nothing is written below the mount point', async () => {
    const { data, mount, config, remount, run } = await unmounted()
    const { code, stdout, stderr } = await run('serve', '--listen', '127.0.0.1:0')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`${mount} is not the store that ${join(data, 'symgate.db')} knows`)
    expect(stderr).toContain(
      `it should hold 1 files, but of 1 that were looked for, ${PDB.slice(1)}`,
    )
    expect(stderr).toContain(`symgate reindex --data ${data}`)
    expect((await run('sweep')).code).toBe(1)
    expect(readdirSync(mount)).toEqual([])
    renameSync(mount, `${mount}-point`)
    remount()
    expect((await curl((await startServer({ data, config })).url + PDB)).status).toBe(200)
  })

  it('is taken for the new one by a reindex, and the old one by another', async () => {
    const { data, mount, config, remount, run } = await unmounted()
    expect((await run('reindex')).stdout).toBe(
      '0 packages, 0 files of no package, 0 cached files\n',
    )
    const empty = await startServer({ data, config })
    expect((await curl(empty.url + PDB)).status).toBe(404)
    await empty.stop()
    renameSync(mount, `${mount}-point`)
    remount()
    expect((await run('reindex')).stdout).toBe(
      '1 packages, 0 files of no package, 0 cached files\n',
    )
    expect((await curl((await startServer({ data, config })).url + PDB)).status).toBe(200)
  })
})
