import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DamagedFile } from '../../../src/symbols/formats/damaged-file.ts'
import { isMinidump, readMinidumpModules } from '../../../src/symbols/formats/minidump.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import { elfRecord, makeModuleDump, pdbRecord } from '../../helpers/make-module-dump.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'
import { tempDir } from '../../helpers/temp-dir.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const BUILD_ID = 'abcdef0123456789abcdef0123456789abcdef01'
const LINUX = 0x8201
const MAC = 0x8101

const windows = [
  {
    name: 'C:\\App\\App.exe',
    timestamp: 0x5617d563,
    sizeOfImage: 0x8000,
    record: pdbRecord(GUID, 2, 'D:\\build\\App.pdb'),
  },
  { name: 'C:\\Windows\\System32\\ntdll.dll', timestamp: 0x12345678, sizeOfImage: 0x1f0000 },
]

const read = (bytes: Buffer) => readMinidumpModules(new PagedReader(new MemoryReader(bytes)))
const wantedOf = async (bytes: Buffer): Promise<unknown> =>
  (await read(bytes)).map(({ wanted }) => wanted)

describe('the modules of a minidump', () => {
  it.each([false, true])('of Windows want images and PDBs (padded list: %s)', async (padded) => {
    const dump = makeModuleDump(windows, { padded })
    expect(isMinidump(dump)).toBe(true)
    expect(await wantedOf(dump)).toEqual([
      [
        ['App.exe/5617D5638000/App.exe'],
        [`App.pdb/${GUID}2/App.pdb`, `App.pdb/${GUID}FFFFFFFF/App.pdb`, `App.pdb/${GUID}1/App.pdb`],
      ],
      [['ntdll.dll/123456781f0000/ntdll.dll']],
    ])
  })

  it('of Linux want images and debug files by their build-id, or Breakpad files', async () => {
    const modules = [
      { name: '/usr/bin/prog', record: elfRecord(BUILD_ID) },
      { name: '/usr/lib/old.so', record: pdbRecord(GUID, 0, 'old.so') },
    ]
    expect(await wantedOf(makeModuleDump(modules, { platform: LINUX }))).toEqual([
      [[`prog/elf-buildid-${BUILD_ID}/prog`], [`_.debug/elf-buildid-sym-${BUILD_ID}/_.debug`]],
      [[`old.so/${GUID}0/old.so.sym`]],
    ])
  })

  it('of macOS want images and dSYMs by their UUID', async () => {
    const modules = [{ name: '/Applications/App', record: pdbRecord(GUID, 0, 'App') }]
    const uuid = GUID.toLowerCase()
    expect(await wantedOf(makeModuleDump(modules, { platform: MAC }))).toEqual([
      [[`App/mach-uuid-${uuid}/App`], [`_.dwarf/mach-uuid-sym-${uuid}/_.dwarf`]],
    ])
  })

  it('are read within bounds, wherever a dump is cut off or changed', async () => {
    const dump = makeModuleDump(windows)
    const damaged = Array.from({ length: dump.byteLength }, (_, at) => {
      const changed = Buffer.from(dump)
      changed[at] = 0xff
      return [changed, dump.subarray(0, at)]
    }).flat()
    const unexpected: unknown[] = []
    for (const bytes of damaged) {
      await read(bytes).catch((error: unknown) => {
        if (!(error instanceof DamagedFile)) unexpected.push(error)
      })
    }
    expect(unexpected).toEqual([])
  })
})

const dumper = fileURLToPath(
  new URL('../../../node_modules/minidump/bin/linux-x64/minidump_dump', import.meta.url),
)

it.skipIf(!existsSync(dumper))('the made dumps are what Breakpad reads', () => {
  const file = join(tempDir(), 'made.dmp')
  writeFileSync(file, makeModuleDump(windows))
  // It misses the threads of a real one, and says so by its exit code.
  const said = spawnSync(dumper, [file], { encoding: 'utf8' }).stdout
  expect(said).toMatch(/\(code_identifier\) += "5617D5638000"/)
  expect(said).toMatch(new RegExp(`\\(debug_identifier\\) += "${GUID}2"`))
})
