import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeMinidump } from './make-minidump.ts'
import { tempDir } from './temp-dir.ts'

const SOURCE = `int crash(int *where, int n) {
  if (n > 0) return crash(where, n - 1) + 1;
  *where = 7;
  return n;
}
int main(int argc, char **argv) { return crash((int *)8, argc); }
`

/** The most of a stack that goes into a dump. */
const MAX_STACK_BYTES = 64 << 10

/**
 * Builds \`crasher\` with gcc, lets it crash under gdb in the second call of \`crash\`, line 3 of \`main.c\`, called
 * from line 2, called by \`main\` from line 6, and writes the minidump of it.
 */
export function crashProgram(): { program: string; dump: string; buildId: string } {
  const folder = tempDir()
  const program = join(folder, 'crasher')
  const dump = join(folder, 'crash.dmp')
  const run = (tool: string, ...args: readonly string[]): string =>
    execFileSync(tool, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  writeFileSync(join(folder, 'main.c'), SOURCE)
  run('gcc', '-g', '-O0', '-Wl,--build-id=sha1', '-o', program, 'main.c')
  const buildId = /Build ID: ([\da-f]+)/.exec(run('readelf', '-n', program))?.[1] ?? ''
  const commands = ['run', 'info registers', 'info proc mappings'].flatMap((each) => ['-ex', each])
  const state = run('gdb', '-batch', ...commands, program)
  const registers = Object.fromEntries(
    [...state.matchAll(/^(r\w+) +(0x[\da-f]+) /gm)].map(([, name = '', value = '']) => [
      name,
      BigInt(value),
    ]),
  )
  const mappings = [...state.matchAll(/^ +(0x[\da-f]+) +(0x[\da-f]+) .* (\S+) *$/gm)]
  const ranges = (file: string): bigint[] =>
    mappings
      .filter(([, , , name]) => name === file)
      .flatMap(([, from = '', to = '']) => [BigInt(from), BigInt(to)])
  const [base = 0n, ...rest] = ranges(program)
  const start = registers['rsp'] ?? 0n
  const stackEnd = ranges('[stack]').at(-1) ?? start
  const size = Math.min(Number(stackEnd - start), MAX_STACK_BYTES)
  const stack = join(folder, 'stack')
  const save = `dump binary memory ${stack} ${start} ${start + BigInt(size)}`
  run('gdb', '-batch', '-ex', 'run', '-ex', save, program)
  const modules = [{ name: program, base, size: Number((rest.at(-1) ?? base) - base), buildId }]
  const bytes = readFileSync(stack)
  writeFileSync(dump, makeMinidump({ registers, stack: { start, bytes }, modules }))
  return { program, dump, buildId }
}
