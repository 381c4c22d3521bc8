import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { FileReader } from '../src/lib/file-reader.ts'
import { identify } from '../src/symbols/identify.ts'
import { openCorpus } from '../test/helpers/corpus.ts'
import { findTools } from '../test/oracles/find-tools.ts'

const SECONDS = 4
/** Until the code is compiled and the files are in memory. */
const WARM_UP_ROUNDS = 3
/** The best counts, for tools have no warm-up. */
const TRIES = 3
/** As many as make the start of a peer's process small beside its work. */
const FILES_FOR_PEER = 2000
/** sentry-cli takes one file for each process. */
const FILES_FOR_SENTRY = 40
const HEAD_BYTES = 4096

/** Kinds of the corpus manifest, and the tool that prints the ids of many such files in one process. */
const GROUPS = [
  { label: 'PE', kinds: ['pe'], tool: 'llvm-readobj', options: ['--coff-debug-directory'] },
  { label: 'PDB', kinds: ['pdb'], tool: 'llvm-pdbutil', options: ['dump', '--summary'] },
  { label: 'ELF', kinds: ['elf'], tool: 'readelf', options: ['-n'] },
  {
    label: 'Mach-O',
    kinds: ['macho', 'macho-fat'],
    tool: 'llvm-dwarfdump',
    options: ['--uuid'],
  },
] as const

/**
 * Identification of the corpus' files, one after the other: open, identify, close. Beside it in the same
 * run what the file system alone costs, and the tools that print the same ids, each in one process over
 * all files (sentry-cli: a process for each file, for it can no other way).
 */
export async function benchIdentification(): Promise<void> {
  const corpus = openCorpus()
  if (corpus === undefined) return
  const sentry = findTools('sentry-cli')?.['sentry-cli']
  console.log(
    'identification    symgate       open+read+close      tool                 sentry-cli',
  )
  for (const { label, kinds, tool, options } of GROUPS) {
    const found = findTools(tool)?.[tool]
    const paths = corpus.rows
      .filter(
        ({ kind, expected }) => expected === 'accept' && kinds.some((known) => known === kind),
      )
      .map(({ path }) => corpus.path(path))
      .filter((path) => found === undefined || canRead(found, options, path))
    const [ours = 0, floor = 0] = await filesPerSecond(paths, [identifyOne, readHead])
    const peer = found === undefined ? undefined : toolFilesPerSecond(found, options, paths)
    const theirs = sentry === undefined ? undefined : sentryFilesPerSecond(sentry, paths)
    console.log(
      [
        `${label} (${paths.length})`.padEnd(14),
        rate(ours),
        `${rate(floor)} ${times(ours, floor)}`,
        `${rate(peer)} ${times(ours, peer)} ${tool}`.padEnd(34),
        `${rate(theirs)} ${times(ours, theirs)}`,
      ].join('  '),
    )
  }
}

async function identifyOne(path: string): Promise<void> {
  await using reader = await FileReader.open(path)
  await identify(reader, basename(path))
}

async function readHead(path: string): Promise<void> {
  await using reader = await FileReader.open(path)
  await reader.read(0, HEAD_BYTES)
}

/** The rates of several kinds of work, done in turns, so that a busy machine slows all of them. */
async function filesPerSecond(
  paths: readonly string[],
  works: readonly ((path: string) => Promise<void>)[],
): Promise<number[]> {
  const milliseconds = works.map(() => 0)
  const end = performance.now() + SECONDS * 1000
  let rounds = -WARM_UP_ROUNDS
  for (; performance.now() < end; rounds++) {
    for (const [index, work] of works.entries()) {
      const start = performance.now()
      for (const path of paths) await work(path)
      if (rounds >= 0) milliseconds[index] = (milliseconds[index] ?? 0) + performance.now() - start
    }
  }
  return milliseconds.map((spent) => (rounds * paths.length * 1000) / spent)
}

/** Some tools stop at the first file that they cannot read. */
function canRead(tool: string, options: readonly string[], path: string): boolean {
  return spawnSync(tool, [...options, path], { stdio: 'ignore' }).status === 0
}

function toolFilesPerSecond(
  tool: string,
  options: readonly string[],
  paths: readonly string[],
): number {
  const repeated = Array.from({ length: Math.ceil(FILES_FOR_PEER / paths.length) }, () => paths)
  const files = repeated.flat()
  const tries = Array.from({ length: TRIES }, () => {
    const start = performance.now()
    spawnSync(tool, [...options, ...files], { stdio: 'ignore' })
    return (files.length * 1000) / (performance.now() - start)
  })
  return Math.max(...tries)
}

function sentryFilesPerSecond(tool: string, paths: readonly string[]): number {
  const files = paths.slice(0, FILES_FOR_SENTRY)
  const start = performance.now()
  for (const path of files) spawnSync(tool, ['difutil', 'id', '--json', path], { stdio: 'ignore' })
  return (files.length * 1000) / (performance.now() - start)
}

function rate(filesPerSecond: number | undefined): string {
  return `${filesPerSecond === undefined ? '–' : Math.round(filesPerSecond)} files/s`.padStart(14)
}

/** How many times faster symgate is. */
function times(ours: number, theirs: number | undefined): string {
  return theirs === undefined ? '' : `× ${(ours / theirs).toFixed(2)}`
}
