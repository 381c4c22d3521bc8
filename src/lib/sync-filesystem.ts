import { spawn } from 'node:child_process'
import { platform, release } from 'node:os'

/** The first Linux whose syncfs tells of writes that failed (man 2 syncfs). */
const TRUTHFUL = [5, 8] as const

/**
 * Makes everything in the filesystem of this path durable, as one flush. Resolves false where that cannot be
 * had or has failed: then each file is to be flushed by itself, which tells what is wrong.
 */
export async function syncFilesystem(path: string): Promise<boolean> {
  if (platform() !== 'linux' || !isTruthful(release())) return false
  // Node has no syncfs; coreutils' and busybox' `sync -f` are that call.
  const child = spawn('sync', ['-f', path], { stdio: 'ignore' })
  return await new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}

function isTruthful(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return major > TRUTHFUL[0] || (major === TRUTHFUL[0] && minor >= TRUTHFUL[1])
}
