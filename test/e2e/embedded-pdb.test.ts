import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makeMetadata } from '../helpers/make-metadata.ts'
import { makePe } from '../helpers/make-pe.ts'
import { createToken, startServer } from '../helpers/server.ts'

const GUID = '1D6929B5468B4DB893899A12BD257E1B'

describe('a DLL with its portable PDB inside', () => {
  it('is served, and so is the PDB, as if it had been uploaded', async () => {
    const pdb = makeMetadata({})
    const head = Buffer.from('MPDB\0\0\0\0', 'latin1')
    head.writeUInt32LE(pdb.byteLength, 4)
    const dll = makePe({
      timestamp: 0x5ab38077,
      sizeOfImage: 0x9000,
      codeView: { guid: GUID, age: 1, pdbName: 'Lib.pdb', portable: true },
      embeddedPdb: Buffer.concat([head, deflateRawSync(pdb)]),
    })
    const server = await startServer()
    const token = await createToken(server, 'upload')
    const answer = await fetch(`${server.url}/${token}/symbols?tag=1&upload_file=Lib.dll`, {
      method: 'POST',
      body: new Uint8Array(dll),
    })
    expect(await answer.json()).toMatchObject({ upload: { verdict: 'good', stored: 2 } })
    for (const [path, content] of [
      ['Lib.dll/5AB380779000/Lib.dll', dll],
      [`Lib.pdb/${GUID}FFFFFFFF/Lib.pdb`, pdb],
      [`lib.pdb/${GUID.toLowerCase()}ffffffff/lib.pdb`, pdb],
      [`Lib.pdb/${GUID}1/Lib.pdb`, pdb],
    ] as const) {
      const { status, body } = await curl(`${server.url}/${path}`)
      expect([path, status, body.equals(content)]).toEqual([path, 200, true])
    }
  })
})
