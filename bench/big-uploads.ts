import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSparsePdb } from '../test/helpers/make-pdb.ts'
import { uploadTo } from './upload-to.ts'

const GIB = 1 << 30
const SMALL_FILES = 10_000
const guidOf = (index: number): string =>
  `${index.toString(16).toUpperCase().padStart(8, '0')}390A44FC878E5A2D63B6CC4B`

/**
 * What the largest uploads take of time, beside `bsdtar -x` and `sync` on the same disk, and of memory: one file of
 * 4 GiB in a tar; four of them at once with 10,000 small ones in a zip; one of 10 GB.
 */
export async function benchBigUploads(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'symgate-bench-'))
  const data = join(folder, 'data')
  try {
    const big = join(folder, 'big.pdb')
    await writeSparsePdb(big, { guid: guidOf(0), age: 1, size: 4 * GIB, pageSize: 8192 })
    const tar = join(folder, 'big.tar')
    execFileSync('bsdtar', ['-cf', tar, '--format=ustar', '-C', folder, 'big.pdb'])
    const small = join(folder, 'small')
    mkdirSync(small)
    for (let index = 0; index < SMALL_FILES; index++) {
      const path = join(small, `f${index}.pdb`)
      await writeSparsePdb(path, { guid: guidOf(index + 1), age: 1, size: 8192, pageSize: 512 })
    }
    const zip = join(folder, 'small.zip')
    execFileSync('bsdtar', ['-cf', zip, '--format=zip', '-C', small, '.'])

    console.log('big uploads             seconds  bsdtar && sync  peak memory (aim: 300 MiB)')
    for (const [label, archive] of [
      ['10,000 small, zip', zip],
      ['4 GiB, tar', tar],
    ] as const) {
      const theirs = extract(archive, join(folder, 'extracted'))
      tell(label, await uploadTo(data, [archive]), theirs)
    }
    tell('4 × 4 GiB, and zip', await uploadTo(data, [big, big, tar, tar, zip]))
    rmSync(tar)
    await writeSparsePdb(big, { guid: guidOf(0), age: 1, size: 9.9e9, pageSize: 16_384 })
    tell('10 GB', await uploadTo(data, [big]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function extract(archive: string, folder: string): number {
  mkdirSync(folder)
  const start = performance.now()
  execFileSync('bsdtar', ['-xf', archive, '-C', folder])
  execFileSync('sync', ['-f', folder])
  const seconds = (performance.now() - start) / 1000
  rmSync(folder, { recursive: true })
  return seconds
}

function tell(
  label: string,
  { seconds, peakMib }: { readonly seconds: number; readonly peakMib: number },
  theirs?: number,
): void {
  console.log(
    [
      label.padEnd(20),
      `${seconds.toFixed(1)} s`.padStart(9),
      (theirs === undefined ? '' : `${theirs.toFixed(1)} s`).padStart(14),
      `${peakMib.toFixed(0)} MiB`.padStart(11),
    ].join('  '),
  )
}
