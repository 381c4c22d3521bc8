import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identifyFile } from '../helpers/identify-file.ts'
import { findTools } from './find-tools.ts'
import { runTool } from './run-tool.ts'
import { openSentryCli } from './sentry-ids.ts'
import { sourceFolder } from './source-folder.ts'

const tools = findTools('clang', 'wasm-ld', 'llvm-objcopy')
const sentryIds = openSentryCli()

describe.skipIf(tools === undefined)('WebAssembly modules by clang and lld', () => {
  const { clang = '', 'wasm-ld': lld = '', 'llvm-objcopy': objcopy = '' } = tools ?? {}

  it.each(['fast', 'sha1', 'tree', 'uuid', '0x01', '0x0123456789abcdef'])(
    'have a build_id of the kind %s, whole and stripped',
    async (kind) => {
      const { folder, module } = build(kind)
      const stripped = join(folder, 'stripped.wasm')
      runTool(objcopy, ['--strip-all', module, stripped])
      for (const path of [module, stripped]) {
        // The section begins with the length of the id, which clients take for a part of it.
        const codeId = section(path)
        const buildId = codeId.slice(2)
        const found = await identifyFile(path)
        expect(found).toMatchObject({ kind: 'wasm', codeId, buildId })
        // sentry-cli prints zeros where the id is too short for a debug id.
        const debugId = (found.status === 'accept' && found.debugId) || '0'.repeat(33)
        if (sentryIds !== undefined) expect(sentryIds(path)).toEqual([{ debugId, codeId }])
      }
    },
  )

  it('are rejected without build_id', async () => {
    expect(await identifyFile(build('none').module)).toMatchObject({ status: 'reject' })
  })

  function build(kind: string): { readonly folder: string; readonly module: string } {
    const folder = sourceFolder()
    runTool(clang, ['--target=wasm32', '-g', '-c', 'a.c', '-o', 'a.o'], folder)
    const link = ['--no-entry', '--export-all', `--build-id=${kind}`]
    runTool(lld, [...link, 'a.o', '-o', 'a.wasm'], folder)
    return { folder, module: join(folder, 'a.wasm') }
  }

  function section(path: string): string {
    const dump = `${path}.build_id`
    runTool(objcopy, [`--dump-section=build_id=${dump}`, path, '/dev/null'])
    return readFileSync(dump).toString('hex')
  }
})
