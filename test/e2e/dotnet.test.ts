import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePortablePdb } from '../helpers/make-portable-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, sharedServer, startServer, type RunningServer } from '../helpers/server.ts'

const ID = Buffer.from('b529691d8b46b84d93899a12bd257e1b01020304', 'hex')
const GUID = '1D6929B5468B4DB893899A12BD257E1B'
/** Longer than what is read at once, the id in front. */
const PAYLOAD = Buffer.alloc(700_000, 'source lines')
const pdb = makePortablePdb({ id: ID, payload: PAYLOAD })
const checksum = createHash('sha256')
  .update(makePortablePdb({ id: Buffer.alloc(20), payload: PAYLOAD }))
  .digest('hex')

/** What NuGet's own packer puts into a symbol package beside the PDBs. */
const snupkg = makeZip([
  { name: '_rels/.rels', data: '<?xml version="1.0"?><Relationships/>' },
  { name: 'Acme.Lib.nuspec', data: '<?xml version="1.0"?><package/>' },
  { name: 'lib/net8.0/Acme.Lib.pdb', data: pdb },
  { name: '[Content_Types].xml', data: '<?xml version="1.0"?><Types/>' },
  { name: 'package/services/metadata/core-properties/1.psmdcp', data: '<?xml version="1.0"?>' },
])

/** The request of `dotnet nuget push` (NuGet.Client, PackageUpdateResource). */
async function push(server: RunningServer, key: string, bytes: Buffer, path = '') {
  const form = new FormData()
  const file = new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' })
  form.append('package', file, 'package.snupkg')
  const answer = await fetch(path || `${server.url}/api/v2/symbolpackage`, {
    method: 'PUT',
    headers: {
      'X-NuGet-ApiKey': key,
      'X-NuGet-Protocol-Version': '4.1.0',
      'User-Agent': 'NuGet .NET Core MSBuild Task/6.11.0 (Linux)',
    },
    body: form,
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
}

const shared = sharedServer()

/** The server of all tests that only read, with the package on it. */
async function hosting(): Promise<RunningServer> {
  const server = shared()
  const { status } = await push(server, await createToken(server, 'upload'), snupkg)
  expect(status).toBe(201)
  return server
}

describe('dotnet nuget push of a .snupkg', () => {
  it('finds its place by the service index, and is taken', async () => {
    const server = await startServer()
    const index = await (await fetch(`${server.url}/v3/index.json`)).json()
    expect(index).toMatchObject({ version: '3.0.0' })
    const { resources } = index as { resources: { '@id': string; '@type': string }[] }
    const place = resources.find(({ '@type': type }) => type === 'SymbolPackagePublish/4.9.0')
    expect(place?.['@id']).toBe(`${server.url}/api/v2/symbolpackage`)
    expect(resources.map(({ '@type': type }) => type)).toContain('PackagePublish/2.0.0')
    const token = await createToken(server, 'upload')
    expect(await push(server, token, snupkg, place?.['@id'])).toMatchObject({
      status: 201,
      json: { upload: { verdict: 'good', stored: 1, rejected: 0 } },
    })
    // The client adds a slash where the address has been given by hand.
    expect((await push(server, token, snupkg, `${place?.['@id']}/`)).status).toBe(201)
  })

  it('says public_url in the index', async () => {
    const server = await startServer({ config: { public_url: 'https://symbols.example.com' } })
    const text = await (await fetch(`${server.url}/v3/index.json`)).text()
    expect(text).toContain('"https://symbols.example.com/api/v2/symbolpackage"')
  })

  it('is refused with a status that tells why, and as a whole', async () => {
    const server = await startServer()
    const download = await createToken(server, 'download')
    const upload = await createToken(server, 'upload')
    expect((await push(server, 'wrong', snupkg)).status).toBe(403)
    expect((await push(server, download, snupkg)).status).toBe(403)
    expect((await fetch(`${server.url}/api/v2/symbolpackage`, { method: 'PUT' })).status).toBe(401)
    const bad = makeZip([
      { name: 'lib/a.pdb', data: pdb },
      { name: 'lib/b.pdb', data: makePdb({ guid: GUID, age: 1 }).subarray(0, 600) },
    ])
    expect((await push(server, upload, bad)).status).toBe(422)
    expect((await curl(`${server.url}/a.pdb/${GUID}FFFFFFFF/a.pdb`)).status).toBe(404)
    expect((await push(server, upload, Buffer.from('no zip'))).status).toBeGreaterThanOrEqual(400)
  })
})

describe('a portable PDB', () => {
  it.each([
    ['Visual Studio', `acme.lib.pdb/${GUID.toLowerCase()}FFFFFFFF/acme.lib.pdb`],
    ['symsrv', `Acme.Lib.pdb/${GUID}ffffffff/Acme.Lib.pdb`],
    ['symsrv the second time', `Acme.Lib.pdb/${GUID}1/Acme.Lib.pdb`],
    ['LLDB', `Acme.Lib.pdb/${GUID}4294967295/Acme.Lib.pdb`],
    ['clients that send no age', `acme.lib.pdb/${GUID}/acme.lib.pdb`],
    ['clients that send another age', `acme.lib.pdb/${GUID}2a/acme.lib.pdb`],
    ['old dotnet-symbol', `acme%2Elib.pdb%2F${GUID}ffffffff%2Facme%2elib.pdb`],
  ])('is found by %s', async (_, path) => {
    const { url } = await hosting()
    const answer = await curl('-H', 'X-TFS-FedAuthRedirect: Suppress', `${url}/${path}`)
    expect([answer.status, answer.body.equals(pdb)]).toEqual([200, true])
  })

  it('is given to whoever sends no checksum, or its own; and to nobody who wants another build', async () => {
    const { url } = await hosting()
    const path = `${url}/acme.lib.pdb/${GUID.toLowerCase()}FFFFFFFF/acme.lib.pdb`
    const other = '0'.repeat(64)
    const ask = async (...values: string[]) =>
      await curl(...values.flatMap((value) => ['-H', `SymbolChecksum: ${value}`]), path)
    for (const values of [
      [],
      [`SHA256:${checksum}`],
      [`sha256:${checksum.toUpperCase()}`],
      [`SHA256:${other};SHA256:${checksum}`],
      // .NET's client lets them pile up over a session.
      [`SHA256:${other}, SHA256:${checksum}`],
      [`SHA256:${other}`, `SHA256:${checksum}`],
      // What cannot be compared is no reason to withhold the file.
      ['MD5:00000000000000000000000000000000'],
      ['nonsense'],
    ])
      expect({ values, status: (await ask(...values)).status }).toEqual({ values, status: 200 })
    for (const value of [`SHA256:${other}`, `SHA256:${other};SHA384:${other}`, 'SHA256:']) {
      const refused = await ask(value)
      expect([refused.status, refused.headers.get('x-symgate-miss')]).toEqual([404, 'mismatch'])
      expect(refused.headers.get('cache-control')).toBe('no-store')
    }
    const head = await curl('-I', '-H', `SymbolChecksum: SHA256:${other}`, path)
    expect(head.status).toBe(404)
  })

  it('alone is compared: the checksum of a Windows PDB means nothing', async () => {
    const server = await startServer()
    const windows = makePdb({ guid: GUID, age: 1 })
    const zip = makeZip([{ name: 'lib/win.pdb', data: windows }])
    await push(server, await createToken(server, 'upload'), zip)
    const answer = await curl(
      '-H',
      `SymbolChecksum: SHA256:${'0'.repeat(64)}`,
      `${server.url}/win.pdb/${GUID}1/win.pdb`,
    )
    expect(answer.status).toBe(200)
  })
})
