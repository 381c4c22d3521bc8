import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readAll } from '../cabinet/read-all.ts'
import { tempDir } from './temp-dir.ts'

/**
 * The one file of a cabinet, read by cabextract, which has nothing of ours; by our own reader, said on
 * stderr, where that is not installed. Throws when the cabinet is damaged.
 */
export async function readCabinet(cabinet: Uint8Array): Promise<{ name: string; content: Buffer }> {
  const [own, another] = await readAll(cabinet)
  if (own === undefined || another !== undefined) throw new Error('it holds not one file')
  if (spawnSync('cabextract', ['--version']).error !== undefined) {
    process.stderr.write(
      'SKIPPED: cabextract is not installed, cabinets are read by symgate itself\n',
    )
    return own
  }
  const file = join(tempDir(), 'test.cab')
  writeFileSync(file, cabinet)
  execFileSync('cabextract', ['--quiet', '--test', file])
  const listing = execFileSync('cabextract', ['--quiet', '--list', file], { encoding: 'utf8' })
  const content = execFileSync('cabextract', ['--quiet', '--pipe', file], { maxBuffer: 1 << 30 })
  return { name: listing.trim().split(' | ').at(-1) ?? '', content }
}
