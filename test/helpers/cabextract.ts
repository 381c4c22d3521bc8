import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from './temp-dir.ts'

/** What cabextract, a reader that has nothing of ours, finds in a cabinet: names as it lists them, and all content. */
export function cabextract(cabinet: Uint8Array): { listing: string; content: Buffer } {
  const file = join(tempDir(), 'test.cab')
  writeFileSync(file, cabinet)
  execFileSync('cabextract', ['--quiet', '--test', file])
  const listing = execFileSync('cabextract', ['--quiet', '--list', file], { encoding: 'utf8' })
  const content = execFileSync('cabextract', ['--quiet', '--pipe', file], { maxBuffer: 1 << 30 })
  return { listing, content }
}
