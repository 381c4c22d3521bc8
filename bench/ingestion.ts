import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSparsePdb } from '../test/helpers/make-pdb.ts'
import { uploadTo } from './upload-to.ts'

const MIB = 1 << 20
const ROUNDS = 3

/** Files that do not compress, so that neither side wins time by their content. */
const SETS = [
  { label: '64 × 4 MiB', files: 64, size: 4 * MIB, pageSize: 4096, aim: 2 },
  { label: '256 × 1 MiB', files: 256, size: MIB, pageSize: 4096, aim: 2 },
  { label: '10,000 × 8 KiB', files: 10_000, size: 8192, pageSize: 512, aim: 5 },
] as const
const FORMATS = ['ustar', 'zip'] as const

/**
 * Ingestion: an archive uploaded to symgate over HTTP until the answer comes, against `bsdtar -x` and `sync` of it
 * on the same disk, taking turns.
 */
export async function benchIngestion(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'symgate-bench-'))
  try {
    console.log('ingestion               symgate        bsdtar && sync   time    aim')
    for (const set of SETS) {
      const content = join(folder, 'content')
      await makeFiles(content, set)
      for (const format of FORMATS) {
        const archive = join(folder, `archive.${format}`)
        execFileSync('bsdtar', ['-cf', archive, `--format=${format}`, '-C', content, '.'])
        await compare(`${set.label} ${format}`, archive, folder, set.aim)
      }
      rmSync(content, { recursive: true })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function makeFiles(
  folder: string,
  { files, size, pageSize }: (typeof SETS)[number],
): Promise<void> {
  mkdirSync(folder)
  for (let index = 0; index < files; index++) {
    const guid = `${index.toString(16).toUpperCase().padStart(8, '0')}390A44FC878E5A2D63B6CC4B`
    const path = join(folder, `f${index}.pdb`)
    await writeSparsePdb(path, { guid, age: 1, size, pageSize, fill: true })
  }
}

async function compare(label: string, archive: string, folder: string, aim: number): Promise<void> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(extract(archive, join(folder, 'extracted')))
    ours.push((await uploadTo(join(folder, 'data'), [archive])).seconds)
  }
  const speed = (seconds: number): string =>
    `${(statSync(archive).size / 1e6 / seconds).toFixed(0)} MB/s`.padStart(13)
  const [mine, other] = [median(ours), median(theirs)]
  console.log(
    [
      label.padEnd(20),
      speed(mine),
      speed(other),
      `${(mine / other).toFixed(2)} ×`.padStart(10),
      `≤ ${aim} ×`.padStart(6),
    ].join('  '),
  )
}

function extract(archive: string, folder: string): number {
  mkdirSync(folder)
  const seconds = timed(() => {
    execFileSync('bsdtar', ['-xf', archive, '-C', folder])
    execFileSync('sync', ['-f', folder])
  })
  rmSync(folder, { recursive: true })
  return seconds
}

function timed(work: () => unknown): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
