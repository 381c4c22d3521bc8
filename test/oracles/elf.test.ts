import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Identification } from '../../src/symbols/identification.ts'
import { breakpadGuid } from '../../src/symbols/ids/breakpad-guid.ts'
import { identifyFile } from '../helpers/identify-file.ts'
import { printedBuildId } from './elf-build-ids.ts'
import { findTools } from './find-tools.ts'
import { runTool } from './run-tool.ts'
import { openSentryCli } from './sentry-ids.ts'
import { sourceFolder } from './source-folder.ts'

const gnu = findTools('gcc', 'objcopy', 'strip', 'ar', 'readelf')
const llvm = findTools('clang', 'ld.lld', 'llvm-objcopy', 'llvm-readobj', 'readelf')
const sentryIds = openSentryCli()

/** Processors of both byte orders and widths, as clang calls them. */
const TARGETS = [
  ['x86_64-linux-gnu', 'x86_64'],
  ['i686-linux-gnu', 'x86'],
  ['aarch64-linux-gnu', 'arm64'],
  ['aarch64_be-linux-gnu', 'arm64'],
  ['armv7-linux-gnueabihf', 'arm'],
  ['armeb-linux-gnueabi', 'arm'],
  ['powerpc-linux-gnu', 'ppc'],
  ['powerpc64-linux-gnu', 'ppc64'],
  ['powerpc64le-linux-gnu', 'ppc64'],
  ['mips-linux-gnu', 'mips'],
  ['mipsel-linux-gnu', 'mips'],
  ['mips64-linux-gnu', 'mips64'],
  ['s390x-linux-gnu', 's390x'],
  ['sparc64-linux-gnu', 'sparc64'],
  ['riscv32-linux-gnu', 'riscv32'],
  ['riscv64-linux-gnu', 'riscv64'],
  ['loongarch64-linux-gnu', 'loongarch64'],
] as const
const HEX = '0123456789abcdef'
const KINDS = ['sha1', 'md5', 'uuid', `0x${HEX}`, `0x${HEX.repeat(4)}`, `0x${HEX.repeat(8)}`]
/** Linkers do not pad these to whole words; readelf and llvm-readobj then call the note invalid. */
const ODD_IDS = ['01', '0123', '0123ab', `${HEX.repeat(2)}ff`]

describe.skipIf(llvm === undefined)('ELF files by clang and lld', () => {
  const { clang = '', 'ld.lld': lld = '', 'llvm-objcopy': objcopy = '', readelf = '' } = llvm ?? {}
  const readobj = llvm?.['llvm-readobj'] ?? ''

  it.each(TARGETS)('for %s have the ids that the tools read', async (target, arch) => {
    const { library } = build({ target })
    const buildId = printedBuildId(readelf, library)
    expect(buildId).toMatch(/^[\da-f]{40}$/)
    expect(printedBuildId(readobj, library)).toBe(buildId)
    const found = await identifyFile(library)
    expect(found).toMatchObject({ kind: 'elf', arch, buildId, ...both(buildId) })
    compareWithSentry(found, library)
  })

  it.each([...KINDS, 'fast', 'tree'])('have a build-id of the kind %s', async (kind) => {
    const { library } = build({ kind })
    const buildId = printedBuildId(readelf, library)
    const found = await identifyFile(library)
    expect(found).toMatchObject({ buildId, ...both(buildId) })
    compareWithSentry(found, library)
  })

  it.each(ODD_IDS)('have the build-id %s, though readelf sees none', async (id) => {
    const { library } = build({ kind: `0x${id}` })
    expect(printedBuildId(readelf, library)).toBeUndefined()
    const found = await identifyFile(library)
    expect(found).toMatchObject({ buildId: id, ...both(id) })
    compareWithSentry(found, library)
  })

  it('have the id that Sentry and Breakpad make of the code where they have no build-id', async () => {
    const { library } = build({ kind: 'none' })
    expect(printedBuildId(readelf, library)).toBeUndefined()
    const found = await identifyFile(library)
    expect(found).toMatchObject({ status: 'accept', kind: 'elf' })
    expect(found).not.toHaveProperty('buildId')
    if (sentryIds !== undefined) {
      const debugIds = sentryIds(library).map(({ debugId }) => debugId)
      expect(debugIdsOf(found)).toEqual(expect.arrayContaining(debugIds))
    }
  })

  it.each([
    ['compressed with zlib', ['-gz=zlib']],
    ['compressed with zstd', ['-gz=zstd']],
    ['of DWARF 3', ['-gdwarf-3']],
    ['of 64 bits', ['-gdwarf64']],
    ['split into another file', ['-gsplit-dwarf']],
  ])('with debug information %s answer as debug file too', async (_, flags) => {
    const { library } = build({ flags })
    const found = await identifyFile(library)
    expect(found).toMatchObject(both(printedBuildId(readelf, library)))
  })

  it.each([
    ['powerpc64-linux-gnu', '--strip-debug'],
    ['x86_64-linux-gnu', '--strip-all'],
    ['i686-linux-gnu', '--strip-sections'],
    ['s390x-linux-gnu', '--strip-sections'],
  ])('of %s after %s answer as image alone', async (target, option) => {
    const { folder, library } = build({ target })
    const stripped = join(folder, 'stripped.so')
    runTool(objcopy, [option, library, stripped])
    const buildId = printedBuildId(readobj, library)
    const found = await identifyFile(stripped)
    expect(found).toMatchObject({ buildId, keys: [imageKey] })
    compareWithSentry(found, stripped)
  })

  it('are passed over as objects and as files of split debug information', async () => {
    const { folder } = build({ flags: ['-gsplit-dwarf'] })
    expect(await identifyFile(join(folder, 'a.o'))).toMatchObject({ status: 'skip' })
    expect(await identifyFile(join(folder, 'a.dwo'))).toMatchObject({ status: 'skip' })
  })

  interface BuildOptions {
    readonly target?: string
    readonly kind?: string
    readonly flags?: readonly string[]
  }

  function build({ target = 'x86_64-linux-gnu', kind = 'sha1', flags = [] }: BuildOptions): {
    readonly folder: string
    readonly library: string
  } {
    const folder = sourceFolder()
    const compile = [`--target=${target}`, '-fPIC', '-ffreestanding', '-g', ...flags]
    runTool(clang, [...compile, '-c', 'a.c', '-o', 'a.o'], folder)
    runTool(lld, ['-shared', `--build-id=${kind}`, '-o', 'liba.so', 'a.o'], folder)
    return { folder, library: join(folder, 'liba.so') }
  }
})

describe.skipIf(gnu === undefined)('ELF files by gcc and binutils', () => {
  const { gcc = '', objcopy = '', strip = '', ar = '', readelf = '' } = gnu ?? {}

  it.each(KINDS)('have a build-id of the kind %s', async (kind) => {
    const { library } = build(kind)
    const buildId = printedBuildId(readelf, library)
    expect(buildId).toMatch(/^(?:[\da-f]{2})+$/)
    const found = await identifyFile(library)
    expect(found).toMatchObject({ kind: 'elf', buildId, ...both(buildId) })
    compareWithSentry(found, library)
  })

  it.each(ODD_IDS)('have the build-id %s, though readelf sees none', async (id) => {
    const { library } = build(`0x${id}`)
    expect(printedBuildId(readelf, library)).toBeUndefined()
    const found = await identifyFile(library)
    expect(found).toMatchObject({ buildId: id, ...both(id) })
    compareWithSentry(found, library)
  })

  it('have an id without build-id, and after stripping the same', async () => {
    const { library } = build('none')
    const found = await identifyFile(library)
    expect(found).toMatchObject({ status: 'accept' })
    const ids = debugIdsOf(found)
    if (sentryIds !== undefined) expect(ids).toContain(sentryIds(library)[0]?.debugId)
    runTool(strip, ['--strip-all', library])
    expect(debugIdsOf(await identifyFile(library))).toEqual(ids)
  })

  it('split in two are the image and its debug file, by the same build-id', async () => {
    const { folder, library } = build('sha1')
    const debug = join(folder, 'liba.so.debug')
    runTool(objcopy, ['--only-keep-debug', library, debug])
    runTool(strip, ['--strip-debug', library])
    runTool(objcopy, [`--add-gnu-debuglink=${debug}`, library])
    const buildId = printedBuildId(readelf, library)
    expect(printedBuildId(readelf, debug)).toBe(buildId)
    const [image, companion] = [await identifyFile(library), await identifyFile(debug)]
    expect(image).toMatchObject({ buildId, keys: [imageKey] })
    expect(companion).toMatchObject({ buildId, keys: [debugKey] })
    compareWithSentry(image, library)
    compareWithSentry(companion, debug)
  })

  it.each([
    ['-pie', '-pie'],
    ['-no-pie', '-no-pie'],
    ['-pie -Wl,-z,separate-code', '-Wl,-z,separate-code'],
  ])('are executables (%s), too', async (_, flag) => {
    const folder = sourceFolder()
    const link = ['-nostdlib', '-Wl,-e,entry', '-Wl,--build-id=sha1', flag]
    runTool(gcc, ['-g', ...link, 'a.c', '-o', 'program'], folder)
    const program = join(folder, 'program')
    const found = await identifyFile(program)
    expect(found).toMatchObject(both(printedBuildId(readelf, program)))
    compareWithSentry(found, program)
  })

  it('are passed over as objects and static libraries', async () => {
    const folder = sourceFolder()
    runTool(gcc, ['-g', '-c', 'a.c', '-o', 'a.o'], folder)
    runTool(ar, ['rc', 'liba.a', 'a.o'], folder)
    expect(await identifyFile(join(folder, 'a.o'))).toMatchObject({ status: 'skip' })
    expect(await identifyFile(join(folder, 'liba.a'))).toMatchObject({ status: 'skip' })
  })

  function build(kind: string): { readonly folder: string; readonly library: string } {
    const folder = sourceFolder()
    const link = ['-shared', '-fPIC', '-nostdlib', `-Wl,--build-id=${kind}`]
    runTool(gcc, ['-g', ...link, 'a.c', '-o', 'liba.so'], folder)
    return { folder, library: join(folder, 'liba.so') }
  }
})

/** An unstripped file answers as debug file first, and as image. */
/** The one key of an image that is nothing else, and of a debug file. */
const imageKey: unknown = expect.stringMatching(/\/elf-buildid-(?!sym)/)
const debugKey: unknown = expect.stringMatching(/\/elf-buildid-sym-/)

function both(buildId: string | undefined): object {
  return {
    identities: expect.arrayContaining([
      { kind: 'elf-debug', buildId },
      { kind: 'elf', buildId },
    ]) as unknown,
  }
}

function compareWithSentry(found: Identification, path: string): void {
  if (sentryIds === undefined) return
  const { debugId, codeId } = found.status === 'accept' ? found : {}
  expect(sentryIds(path)).toEqual([{ debugId, codeId }])
}

/** Breakpad's ids of all identities, each once. */
function debugIdsOf(found: Identification): string[] {
  const identities = found.status === 'accept' ? found.identities : []
  const ids = identities.flatMap((identity) =>
    'buildId' in identity ? [`${breakpadGuid(identity.buildId)}0`] : [],
  )
  return [...new Set(ids)]
}
