import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTools } from '../oracles/find-tools.ts'
import { runTool } from '../oracles/run-tool.ts'
import { tempDir } from './temp-dir.ts'

const windows = findTools('clang', 'lld-link')
const linux = findTools('gcc', 'objcopy')

/** Whether this machine can build programs; where it cannot, that has been said on stderr. */
export const canBuild = windows !== undefined && linux !== undefined

/**
 * Builds a small program as a build would leave it: sources, objects, `x64/app.exe` with `x64/app.pdb` by
 * clang and lld, `linux/app` stripped with `linux/app.debug` beside it by gcc. `answer` makes each its own.
 */
export function buildProgram(answer: number): string {
  const folder = tempDir()
  const source = join(folder, 'app.c')
  writeFileSync(
    source,
    `int entry(int x) { return x * ${answer}; }\nint main(void) { return 0; }\n`,
  )
  const run = (tool: string | undefined, ...args: string[]): void =>
    void runTool(tool ?? '', args, folder)
  runTool('mkdir', ['x64', 'linux'], folder)
  const target = ['--target=x86_64-pc-windows-msvc', '-g', '-gcodeview', '-O1']
  run(windows?.clang, ...target, '-c', 'app.c', '-o', 'x64/app.obj')
  const link = ['/debug', '/subsystem:console', '/entry:entry', '/nodefaultlib']
  run(windows?.['lld-link'], ...link, '/out:x64/app.exe', '/pdb:x64/app.pdb', 'x64/app.obj')
  run(linux?.gcc, '-g', '-Wl,--build-id', '-o', 'linux/app.full', 'app.c')
  run(linux?.objcopy, '--only-keep-debug', 'linux/app.full', 'linux/app.debug')
  run(linux?.objcopy, '--strip-debug', 'linux/app.full', 'linux/app')
  runTool('rm', ['linux/app.full'], folder)
  return folder
}
