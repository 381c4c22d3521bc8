import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { isErrno } from '../../lib/is-errno.ts'
import type { ArchiveTools } from './archive-tools.ts'
import { SANDBOXED_PROGRAMS, sandboxArguments } from './sandbox-arguments.ts'
import type { ToolState } from './tool-state.ts'

const TIMEOUT_MS = 10_000

const PACKAGES: Readonly<Record<string, string>> = {
  '/usr/bin/bsdtar': 'libarchive-tools',
  '/usr/bin/prlimit': 'util-linux',
  bwrap: 'bubblewrap',
  bzip2: 'bzip2',
  xz: 'xz-utils',
}

/** Tries every optional program once. Never rejects: what does not work is missing, with the reason. */
export async function probeArchiveTools(): Promise<ArchiveTools> {
  const [xz, lzip, bzip2, bsdtar] = await Promise.all([
    probe('xz', ['--version']),
    probeLzip(),
    probe('bzip2', ['--help']),
    probeSandbox(),
  ])
  return { xz, lzip, bzip2, bsdtar }
}

async function probe(program: string, args: readonly string[]): Promise<ToolState> {
  const { error, output } = await run(program, args)
  if (error === undefined) return { available: true, version: firstLine(output) }
  if (isErrno(error, 'ENOENT')) return notInstalled(program)
  return { available: false, missing: `${program} does not work: ${firstLine(output)}` }
}

async function probeLzip(): Promise<ToolState> {
  const state = await probe('xz', ['--format=lzip', '--version'])
  if (state.available || state.missing === notInstalled('xz').missing) return state
  return { available: false, missing: 'xz is older than 5.4, which is the first that reads lzip' }
}

async function probeSandbox(): Promise<ToolState> {
  for (const program of SANDBOXED_PROGRAMS) {
    const found = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (!found) return notInstalled(program)
  }
  const state = await probe('bwrap', sandboxArguments(undefined, ['--version']))
  if (state.available || state.missing === notInstalled('bwrap').missing) return state
  // Most often: "No permissions to create new namespace", where user namespaces are forbidden.
  return { available: false, missing: `the sandbox for bsdtar cannot be made: ${state.missing}` }
}

function notInstalled(program: string): { readonly available: false; readonly missing: string } {
  const missing = `${program} is not installed (Debian package ${PACKAGES[program] ?? program})`
  return { available: false, missing }
}

function run(
  program: string,
  args: readonly string[],
): Promise<{ error: Error | undefined; output: string }> {
  return new Promise((resolve) => {
    const options = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' as const }
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ error: error ?? undefined, output: stdout === '' ? stderr : stdout }),
    )
    child.stdin?.destroy()
  })
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.replace(/\.$/, '') ?? ''
}
