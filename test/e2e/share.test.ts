import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makePdb } from '../helpers/make-pdb.ts'
import { hasSamba, startShare } from '../helpers/samba.ts'
import { createToken, startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'

/** The share as the page shows it, but for its path. */
function documentedSettings(): readonly string[] {
  const page = readFileSync(new URL('../../docs/importing.md', import.meta.url), 'utf8')
  const [, settings = ''] = /```ini\n\[symbols\]\n([^`]*)```/.exec(page) ?? []
  return settings.split('\n').filter((line) => !/^\s*path =|^$/.test(line))
}

it.skipIf(!hasSamba)(
  'the store, shared by Samba as documented, serves symbols in any case',
  async () => {
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const body = makePdb({ guid: GUID, age: 2 })
    await fetch(`${server.url}/${token}/symbols?upload_file=App.pdb`, { method: 'POST', body })
    const settings = documentedSettings()
    expect(settings.length).toBeGreaterThan(3)
    const share = await startShare(join(server.data, 'symbols'), settings)

    const target = join(tempDir(), 'got.pdb')
    await share.client(`get "APP.PDB\\${GUID.toLowerCase()}2\\app.PDB" "${target}"`)
    expect(readFileSync(target).equals(body)).toBe(true)

    expect(await share.client(`put "${target}" "App.pdb\\new.pdb"`)).toMatch(
      /NT_STATUS_ACCESS_DENIED/,
    )
    expect(await share.client('cd ".symgate\\packages"')).toMatch(/NT_STATUS/)
    expect(await share.client('ls')).toContain('App.pdb')
    expect(await share.client('ls')).not.toContain('.symgate')
  },
)
