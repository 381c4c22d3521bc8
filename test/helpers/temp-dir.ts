import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A fresh folder that is removed when the current test has finished. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'symgate-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
