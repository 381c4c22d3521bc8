/** What runs inside: both come from fixed places, so that nobody's PATH decides. */
export const SANDBOXED_PROGRAMS = ['/usr/bin/bsdtar', '/usr/bin/prlimit'] as const

/** Address space: the largest dictionaries of 7z archives that people make need 64 to 256 MiB. */
const MAX_MEMORY_BYTES = 600_000_000
/** As long as the largest allowed archive takes on a slow machine. */
const MAX_CPU_SECONDS = 900

/** Options of bwrap, one a line. */
const SANDBOX = `
  --ro-bind /usr/lib /usr/lib
  --ro-bind-try /usr/lib64 /usr/lib64
  --symlink usr/lib /lib
  --symlink usr/lib64 /lib64
  ${SANDBOXED_PROGRAMS.map((program) => `--ro-bind ${program} ${program}`).join('\n')}
  --unshare-all
  --new-session
  --die-with-parent
  --cap-drop ALL
  --clearenv
  --setenv LC_ALL C.UTF-8
`

const BSDTAR = `
  /usr/bin/prlimit --as=${MAX_MEMORY_BYTES} --cpu=${MAX_CPU_SECONDS} --core=0
  /usr/bin/bsdtar
`

/**
 * The arguments of `bwrap` that run bsdtar in a sandbox: no network, no other process, no capability, no
 * environment but a locale for the names of members, bounded in memory and CPU time; of the file system
 * it sees itself, the system's libraries and, as `/in`, the one file, all read-only.
 */
export function sandboxArguments(
  file: string | undefined,
  bsdtarArguments: readonly string[],
): readonly string[] {
  const input = file === undefined ? [] : ['--ro-bind', file, '/in']
  return [...words(SANDBOX), ...input, ...words(BSDTAR), ...bsdtarArguments]
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
