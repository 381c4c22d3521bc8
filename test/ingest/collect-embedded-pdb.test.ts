import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { collectFiles } from '../../src/ingest/collect-files.ts'
import type { UploadPart } from '../../src/ingest/upload.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makeMetadata } from '../helpers/make-metadata.ts'
import { makePe } from '../helpers/make-pe.ts'
import { noTools } from '../helpers/no-tools.ts'
import { stagingFolder } from '../helpers/staging-folder.ts'

const corpus = openCorpus()
const GUID = '1D6929B5468B4DB893899A12BD257E1B'
const codeView = { guid: GUID, age: 1, pdbName: 'C:\\out\\Lib.pdb', portable: true }
const plan = { timestamp: 0x5ab38077, sizeOfImage: 0x9000 }

/** The content of the debug entry: magic, true size, deflated PDB. */
function embedded(packed: Buffer, bytes: number, magic = 'MPDB'): Buffer {
  const head = Buffer.alloc(8)
  head.write(magic, 'latin1')
  head.writeUInt32LE(bytes, 4)
  return Buffer.concat([head, packed])
}

const pdb = makeMetadata({})
const good = embedded(deflateRawSync(pdb), pdb.byteLength)

async function collect(body: Readable, fileName: string, maxEntryBytes = 2 ** 34) {
  async function* parts(): AsyncGenerator<UploadPart> {
    yield { body, fileName }
  }
  const rows = await collectFiles(parts(), {
    folder: stagingFolder(),
    limits: { ...generousLimits, maxEntryBytes },
    cabinets: new CabinetThreads(),
    tools: noTools,
  })
  return rows.map((row) =>
    row.kind === 'accepted'
      ? [row.path, row.identification.kind, row.identification.keys[0]]
      : [row.path, row.kind, row.reason],
  )
}

const image = ['Lib.dll', 'pe', 'Lib.dll/5AB380779000/Lib.dll']

describe('the portable PDB in an image', () => {
  it('is a file of its own, by the name that the image gives it', async () => {
    const dll = makePe({ ...plan, codeView, embeddedPdb: good })
    expect(await collect(Readable.from([dll]), 'Lib.dll')).toEqual([
      image,
      ['Lib.dll!Lib.pdb', 'portable-pdb', `Lib.pdb/${GUID}FFFFFFFF/Lib.pdb`],
    ])
  })

  it('has the name of the image where that gives none', async () => {
    const dll = makePe({ ...plan, embeddedPdb: good })
    expect(await collect(Readable.from([dll]), 'My.Lib.dll')).toContainEqual([
      'My.Lib.dll!My.Lib.pdb',
      'portable-pdb',
      `My.Lib.pdb/${GUID}FFFFFFFF/My.Lib.pdb`,
    ])
  })

  it.each([
    ['is cut off', embedded(deflateRawSync(pdb).subarray(0, 20), pdb.byteLength), 'rejected'],
    ['is no deflate stream', embedded(Buffer.alloc(64, 0xff), 64), 'rejected'],
    ['is no PDB', embedded(deflateRawSync(Buffer.from('text')), 4), 'skipped'],
  ])('that %s is told of and costs the image nothing', async (_, content, kind) => {
    const dll = makePe({ ...plan, codeView, embeddedPdb: content })
    expect(await collect(Readable.from([dll]), 'Lib.dll')).toEqual([
      image,
      ['Lib.dll!Lib.pdb', kind, expect.any(String)],
    ])
  })

  it('of an unknown form is passed over', async () => {
    const dll = makePe({ ...plan, codeView, embeddedPdb: embedded(pdb, pdb.byteLength, 'ZPDB') })
    expect(await collect(Readable.from([dll]), 'Lib.dll')).toEqual([image])
  })

  it.each([4, 1 << 20])(
    'that is larger than allowed is refused, whatever it states (%i)',
    async (stated) => {
      const bomb = embedded(deflateRawSync(Buffer.alloc(1 << 20)), stated)
      const dll = makePe({ ...plan, codeView, embeddedPdb: bomb })
      await expect(collect(Readable.from([dll]), 'Lib.dll', 100_000)).rejects.toMatchObject({
        code: 'limit_exceeded',
      })
    },
  )

  it.skipIf(corpus === undefined).each([
    [
      'dotnet/Sentry.Samples.Console.Basic-embedded-ppdb.dll',
      'Sentry.Samples.Console.Basic.pdb/D8EB7DCA48834B10A1F7048EA1EA388BFFFFFFFF/Sentry.Samples.Console.Basic.pdb',
    ],
    ['dotnet/Appalpha.exe', 'Appalpha.pdb/2B93BD7BB2BD45CC851890F0514EB312FFFFFFFF/Appalpha.pdb'],
  ])('of the compiler is found: %s', async (path, key) => {
    const rows = await collect(createReadStream(corpus?.path(path) ?? ''), basename(path))
    expect(rows).toEqual([
      [basename(path), 'pe', expect.any(String)],
      [expect.stringContaining('!'), 'portable-pdb', key],
    ])
  })
})
