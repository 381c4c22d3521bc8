import { execFileSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from './temp-dir.ts'

const SOURCE = `#include <stdlib.h>
int depth(int n) {
  if (n == 0) abort();
  return depth(n - 1) + 1;
}
int main(int argc, char **argv) { return depth(argc); }
`

/** A program that aborts in \`depth\`, line 3 of \`main.c\`, built with debug information and split as packages are. */
export interface BuiltElfProgram {
  readonly folder: string
  /** The program without debug information, in a folder of its own. */
  readonly stripped: string
  /** Its debug information alone. */
  readonly debug: string
  /** The program as it was linked. */
  readonly whole: string
  readonly source: string
  readonly buildId: string
}

/** Builds it with gcc and splits it with binutils. */
export function buildElfProgram(): BuiltElfProgram {
  const folder = tempDir()
  const run = (tool: string, ...args: readonly string[]): string =>
    execFileSync(tool, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const source = join(folder, 'main.c')
  writeFileSync(source, SOURCE)
  run('gcc', '-g', '-O0', '-Wl,--build-id=sha1', '-o', 'app', source)
  run('objcopy', '--only-keep-debug', 'app', 'app.debug')
  const alone = tempDir()
  copyFileSync(join(folder, 'app'), join(alone, 'app'))
  run('strip', join(alone, 'app'))
  const buildId = /Build ID: ([\da-f]+)/.exec(run('readelf', '-n', 'app'))?.[1] ?? ''
  return {
    folder,
    stripped: join(alone, 'app'),
    debug: join(folder, 'app.debug'),
    whole: join(folder, 'app'),
    source,
    buildId,
  }
}
