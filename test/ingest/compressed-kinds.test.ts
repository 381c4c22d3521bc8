import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { writeCabinet } from '../../src/cabinet/write-cabinet.ts'
import { collectFiles } from '../../src/ingest/collect-files.ts'
import type { UploadPart } from '../../src/ingest/upload.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makeMetadata } from '../helpers/make-metadata.ts'
import { makeMsfz, msfzDbi, msfzInfo } from '../helpers/make-msfz.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makeTar } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { stagingFolder } from '../helpers/staging-folder.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { openTools } from '../helpers/tools.ts'

const tools = await openTools()
const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const BUILD_ID = '10faa6bbaab83db300112233445566778899aabb'

/** A DBG file of x86: magic, flags, machine, …, timestamp, …, size. */
function makeDbg(): Buffer {
  const dbg = Buffer.alloc(64)
  dbg.write('DI', 0, 'latin1')
  dbg.writeUInt16LE(0x14c, 4)
  dbg.writeUInt32LE(0x5ab38077, 8)
  dbg.writeUInt32LE(0x9000, 20)
  return dbg
}

/** A 64-bit dylib for arm64 whose only load command is its UUID. */
function makeDylib(): Buffer {
  const header = Buffer.alloc(32)
  header.writeUInt32LE(0xfeedfacf, 0)
  header.writeUInt32LE(0x0100000c, 4)
  header.writeUInt32LE(6, 12)
  header.writeUInt32LE(1, 16)
  header.writeUInt32LE(24, 20)
  const uuid = Buffer.alloc(8)
  uuid.writeUInt32LE(0x1b, 0)
  uuid.writeUInt32LE(24, 4)
  return Buffer.concat([header, uuid, Buffer.from(GUID, 'hex')])
}

const wasm = Buffer.concat([
  Buffer.from('\0asm\x01\0\0\0\0\x1d\x08build_id', 'latin1'),
  Buffer.from(BUILD_ID, 'hex'),
])

const FILES: readonly (readonly [kind: string, name: string, data: Buffer, key: string])[] = [
  ['pdb', 'a.pdb', makePdb({ guid: GUID, age: 1 }), `a.pdb/${GUID}1/a.pdb`],
  [
    'msfz',
    'a.pdb',
    makeMsfz({ chunks: [msfzInfo(GUID, 1), msfzDbi(1)] }),
    `a.pdb/${GUID}1/msfz0/a.pdb`,
  ],
  [
    'portable-pdb',
    'b.pdb',
    makeMetadata({}),
    'b.pdb/1D6929B5468B4DB893899A12BD257E1BFFFFFFFF/b.pdb',
  ],
  [
    'pe',
    'a.dll',
    makePe({ timestamp: 0x5ab38077, sizeOfImage: 0x9000 }),
    'a.dll/5AB380779000/a.dll',
  ],
  ['dbg', 'a.dbg', makeDbg(), 'a.dbg/5AB380779000/a.dbg'],
  ['elf', 'a.so', makeElf({ buildId: BUILD_ID }), `a.so/elf-buildid-${BUILD_ID}/a.so`],
  ['macho', 'a.dylib', makeDylib(), `a.dylib/mach-uuid-${GUID.toLowerCase()}/a.dylib`],
  [
    'breakpad',
    'a.sym',
    Buffer.from(`\ufeffMODULE Linux x86_64 ${GUID}0 a.so\r\nINFO CODE_ID ${BUILD_ID}\r\n`),
    `a.so/${GUID}0/a.so.sym`,
  ],
  ['wasm', 'a.wasm', wasm, `a.wasm/${BUILD_ID}/a.wasm`],
]

async function cabinetOf(name: string, content: Buffer): Promise<Buffer> {
  const path = join(tempDir(), 'made.cab')
  const member = { name, size: content.byteLength, modifiedAt: new Date(0) }
  await writeCabinet(Readable.from([content]), member, path)
  return readFileSync(path)
}

const program = (name: string, input: Buffer): Buffer => execFileSync(name, ['-c'], { input })

/** Each way of compressing a single file, with the name that it then has. */
const WRAPPINGS: readonly {
  readonly how: string
  readonly isReadable: boolean
  readonly rename: (name: string) => string
  readonly wrap: (name: string, data: Buffer) => Buffer | Promise<Buffer>
}[] = [
  { how: 'gzip', isReadable: true, rename: (n) => `${n}.gz`, wrap: (_, d) => gzipSync(d) },
  { how: 'zstd', isReadable: true, rename: (n) => `${n}.zst`, wrap: (_, d) => zstdCompressSync(d) },
  { how: 'a cabinet', isReadable: true, rename: (n) => n.replace(/.$/, '_'), wrap: cabinetOf },
  {
    how: 'a zip in the place of a cabinet',
    isReadable: true,
    rename: (n) => n.replace(/.$/, '_'),
    wrap: (name, data) => makeZip([{ name, data }]),
  },
  {
    how: 'xz',
    isReadable: tools.xz.available,
    rename: (n) => `${n}.xz`,
    wrap: (_, d) => program('xz', d),
  },
  {
    how: 'bzip2',
    isReadable: tools.bzip2.available,
    rename: (n) => `${n}.bz2`,
    wrap: (_, d) => program('bzip2', d),
  },
]

async function collect(bytes: Buffer, fileName: string) {
  async function* parts(): AsyncGenerator<UploadPart> {
    yield { body: Readable.from([bytes]), fileName }
  }
  const rows = await collectFiles(parts(), {
    folder: stagingFolder(),
    limits: generousLimits,
    cabinets: new CabinetThreads(),
    tools,
  })
  return rows.map((row) =>
    row.kind === 'accepted' ? [row.identification.kind, row.identification.keys[0]] : row,
  )
}

describe.each(WRAPPINGS.filter(({ isReadable }) => isReadable))(
  'a single file in $how',
  ({ rename, wrap }) => {
    it.each(FILES)('of the kind %s is known, alone and in an archive', async (...file) => {
      const [kind, name, data, key] = file
      const packed = await wrap(name, data)
      expect(await collect(packed, rename(name))).toEqual([[kind, key]])
      const tar = makeTar([{ name: `dir/${rename(name)}`, data: packed }])
      expect(await collect(tar, 'symbols.tar')).toEqual([[kind, key]])
    })
  },
)
