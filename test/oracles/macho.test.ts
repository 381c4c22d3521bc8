import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Identification } from '../../src/symbols/identification.ts'
import { identifyFile } from '../helpers/identify-file.ts'
import { findTools } from './find-tools.ts'
import { runTool } from './run-tool.ts'
import { openSentryCli } from './sentry-ids.ts'
import { sourceFolder } from './source-folder.ts'

const tools = findTools('clang', 'ld64.lld', 'dsymutil', 'llvm-lipo', 'llvm-dwarfdump')
const sentryIds = openSentryCli()

const SYSTEMS = {
  arm64: { target: 'arm64-apple-macos11', platform: ['macos', '11.0', '11.0'] },
  x86_64: { target: 'x86_64-apple-macos11', platform: ['macos', '11.0', '11.0'] },
  arm64_32: { target: 'arm64_32-apple-watchos5', platform: ['watchos', '5.0', '5.0'] },
} as const
type Arch = keyof typeof SYSTEMS

describe.skipIf(tools === undefined)('Mach-O files by clang and lld', () => {
  const of = (name: keyof NonNullable<typeof tools>): string => tools?.[name] ?? ''

  it.each(['arm64', 'x86_64', 'arm64_32'] as const)(
    'for %s and their dSYMs have the UUID that llvm and sentry-cli read',
    async (arch) => {
      const { library, dsym } = build(sourceFolder(), arch)
      const [row] = uuids(library)
      expect(uuids(dsym)).toEqual([row])
      const { uuid = '' } = row ?? {}
      expect(await identifyFile(library)).toMatchObject({
        kind: 'macho',
        arch,
        debugId: `${uuid}0`,
        codeId: uuid.toLowerCase(),
        identities: [{ kind: 'macho', uuid }],
      })
      expect(await identifyFile(dsym)).toMatchObject({
        identities: [{ kind: 'macho-debug', uuid }],
      })
      await compareWithSentry(library)
      await compareWithSentry(dsym)
    },
  )

  it.each([
    ['fat', []],
    ['fat64', ['-fat64']],
  ])('joined into a %s file have a row for each slice', async (kind, options) => {
    const folder = sourceFolder()
    const parts = [build(folder, 'arm64'), build(folder, 'x86_64')]
    for (const part of ['library', 'dsym'] as const) {
      const path = join(folder, `${kind}-${part}`)
      const inputs = parts.map((built) => built[part])
      runTool(of('llvm-lipo'), ['-create', ...options, ...inputs, '-output', path])
      const rows = uuids(path)
      expect(rows.length).toBe(2)
      expect(slicesOf(await identifyFile(path))).toEqual(
        rows.map(({ arch, uuid }) => [arch, `${uuid}0`]),
      )
      // sentry-cli knows no fat files with 64-bit offsets.
      if (kind === 'fat') await compareWithSentry(path)
    }
  })

  it('are passed over as objects, and rejected without UUID', async () => {
    const folder = sourceFolder()
    const { library } = build(folder, 'arm64', ['-no_uuid'])
    expect(uuids(library)).toEqual([])
    expect(await identifyFile(library)).toMatchObject({ status: 'reject' })
    expect(await identifyFile(join(folder, 'arm64.o'))).toMatchObject({ status: 'skip' })
  })

  function build(
    folder: string,
    arch: Arch,
    options: readonly string[] = [],
  ): { readonly library: string; readonly dsym: string } {
    const { target, platform } = SYSTEMS[arch]
    const [object, library] = [`${arch}.o`, `${arch}.dylib`]
    runTool(of('clang'), [`--target=${target}`, '-g', '-c', 'a.c', '-o', object], folder)
    const link = ['-dylib', '-arch', arch, '-platform_version', ...platform, ...options]
    runTool(of('ld64.lld'), [...link, '-o', library, object], folder)
    runTool(of('dsymutil'), [library, '-o', `${arch}.dSYM`], folder)
    return {
      library: join(folder, library),
      dsym: join(folder, `${arch}.dSYM/Contents/Resources/DWARF`, library),
    }
  }

  function uuids(path: string): { uuid: string; arch: string }[] {
    const text = runTool(of('llvm-dwarfdump'), ['--uuid', path])
    return [...text.matchAll(/^UUID: (\S+) \((\w+)\)/gm)].map(([, uuid = '', arch = '']) => ({
      uuid: uuid.replaceAll('-', ''),
      arch,
    }))
  }
})

async function compareWithSentry(path: string): Promise<void> {
  if (sentryIds === undefined) return
  const ids = sentryIds(path).map(({ debugId }) => debugId)
  expect(ids).toEqual(slicesOf(await identifyFile(path)).map(([, debugId]) => debugId))
}

function slicesOf(found: Identification): (string | undefined)[][] {
  if (found.status !== 'accept') return []
  return (found.slices ?? [found]).map(({ arch, debugId }) => [arch, debugId])
}
