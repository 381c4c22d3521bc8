import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identifyFile } from '../helpers/identify-file.ts'
import { findTools } from './find-tools.ts'
import { runTool } from './run-tool.ts'
import { openSentryCli } from './sentry-ids.ts'
import { sourceFolder } from './source-folder.ts'

const tools = findTools('clang', 'lld-link', 'llvm-pdbutil', 'llvm-readobj')
const sentryIds = openSentryCli()

const TARGETS = [
  ['x86_64', 'x86_64'],
  ['i686', 'x86'],
  ['aarch64', 'arm64'],
  ['armv7', 'arm'],
] as const
const OPTIONS = [
  '/brepro',
  '/pdbpagesize:8192',
  '/pdbpagesize:16384',
  '/pdbpagesize:32768 /brepro',
  '/pdbaltpath:C:\\build\\out\\%_PDB%',
  '/pdbstream:srcsrv=srcsrv.txt',
  '/dll /noentry',
]

describe.skipIf(tools === undefined)('PE images and PDBs by clang and lld', () => {
  const of = (name: keyof NonNullable<typeof tools>): string => tools?.[name] ?? ''

  it.each(TARGETS)('for %s have the ids that llvm and sentry-cli read', async (target, arch) => {
    const { said, found } = await identifyPair(build(target, []), arch)
    expect(found).toMatchObject(said)
  })

  it.each(OPTIONS)('linked with %s have the ids that llvm and sentry-cli read', async (options) => {
    const { said, found } = await identifyPair(build('x86_64', options.split(' ')), 'x86_64')
    expect(found).toMatchObject(said)
  })

  it.each([
    ['without any debug information', []],
    ['with a reproducible timestamp alone', ['/brepro']],
  ])('%s have no debug id', async (_, options) => {
    const { image } = build('x86_64', options, false)
    const found = await identifyFile(image)
    expect(found).toMatchObject({ status: 'accept', codeId: imageFacts(image).codeId })
    expect(found).not.toHaveProperty('debugId')
  })

  it('with a build id in the place of a PDB have it as debug id', async () => {
    const { image } = build('x86_64', ['/build-id'], false)
    const { codeId, debugId } = imageFacts(image)
    expect(debugId).toMatch(/^[\dA-F]{32}1$/)
    expect(await identifyFile(image)).toMatchObject({ codeId, debugId })
  })

  it('are known by the age of the DBI stream when tools have raised the other', async () => {
    const { folder, pdb } = build('x86_64', [])
    const yaml = runTool(of('llvm-pdbutil'), ['pdb2yaml', '--all', pdb])
    const raised = yaml
      .replace(/(PdbStream:\n\s+Age:\s+)\d+/, '$19')
      .replace(/(DbiStream:\n.*\n\s+Age:\s+)\d+/, '$13')
    writeFileSync(join(folder, 'raised.yaml'), raised)
    const path = join(folder, 'raised.pdb')
    runTool(of('llvm-pdbutil'), ['yaml2pdb', `--pdb=${path}`, join(folder, 'raised.yaml')])
    const { guid, infoAge, dbiAge } = pdbFacts(path)
    expect([infoAge, dbiAge]).toEqual([9, 3])
    expect(await identifyFile(path)).toMatchObject({
      debugId: `${guid}3`,
      keys: [`raised.pdb/${guid}3/raised.pdb`, `raised.pdb/${guid}9/raised.pdb`],
    })
  })

  /** What symgate finds, and what the tools and the linker's own word say it should. */
  async function identifyPair(
    { image, pdb }: ReturnType<typeof build>,
    arch: string,
  ): Promise<{ found: object; said: object }> {
    const { codeId, debugId } = imageFacts(image)
    const { guid, dbiAge } = pdbFacts(pdb)
    const pdbId = guid + dbiAge.toString(16)
    return {
      found: {
        image: await identifyFile(image),
        pdb: await identifyFile(pdb),
        sentry: sentryIds && [...sentryIds(image), ...sentryIds(pdb)],
      },
      said: {
        image: { kind: 'pe', arch, codeId, debugId: pdbId, keys: [`app.exe/${codeId}/app.exe`] },
        pdb: { kind: 'pdb', arch, debugId, keys: [`app.pdb/${debugId}/app.pdb`] },
        sentry: sentryIds && [
          { debugId, codeId: codeId.toLowerCase() },
          { debugId, codeId: undefined },
        ],
      },
    }
  }

  function build(
    target: string,
    options: readonly string[],
    debug = true,
  ): { readonly folder: string; readonly image: string; readonly pdb: string } {
    const folder = sourceFolder()
    writeFileSync(join(folder, 'srcsrv.txt'), 'SRCSRV: ini\n')
    const compile = [`--target=${target}-pc-windows-msvc`, '-g', '-gcodeview', '-O1', '-c']
    runTool(of('clang'), [...compile, 'a.c', '-o', 'a.obj'], folder)
    const isDll = options.includes('/dll')
    const link = [
      ...(isDll ? [] : ['/subsystem:console', '/entry:entry']),
      ...(debug ? ['/debug', '/pdb:app.pdb'] : []),
      '/nodefaultlib',
      '/out:app.exe',
      ...options,
      'a.obj',
    ]
    runTool(of('lld-link'), link, folder)
    return { folder, image: join(folder, 'app.exe'), pdb: join(folder, 'app.pdb') }
  }

  function imageFacts(path: string): { codeId: string; debugId: string | undefined } {
    const text = runTool(of('llvm-readobj'), ['--file-headers', '--coff-debug-directory', path])
    const timestamp = /TimeDateStamp: .*\(0x([\dA-F]+)\)/.exec(text)?.[1] ?? ''
    const size = Number(/SizeOfImage: (\d+)/.exec(text)?.[1])
    const guid = /PDBGUID: \{(.+)\}/.exec(text)?.[1]?.replaceAll('-', '')
    const age = Number(/PDBAge: (\d+)/.exec(text)?.[1])
    return {
      codeId: timestamp.padStart(8, '0') + size.toString(16),
      debugId: guid === undefined ? undefined : guid + age.toString(16),
    }
  }

  function pdbFacts(path: string): { guid: string; infoAge: number; dbiAge: number } {
    const yaml = runTool(of('llvm-pdbutil'), ['pdb2yaml', '--pdb-stream', '--dbi-stream', path])
    return {
      guid: /Guid:\s+'\{(.+)\}'/.exec(yaml)?.[1]?.replaceAll('-', '') ?? '',
      infoAge: Number(/PdbStream:\n\s+Age:\s+(\d+)/.exec(yaml)?.[1]),
      dbiAge: Number(/DbiStream:\n(?:.*\n)?\s+Age:\s+(\d+)/.exec(yaml)?.[1]),
    }
  }
})
