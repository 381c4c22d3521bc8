import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { tempDir } from './temp-dir.ts'

/** The smallest that mkfs.xfs makes; of the image file only what is written takes room. */
const MIB = 320

/**
 * Mounts an XFS of its own, whose files can share blocks, and gives its folder; undefined where that takes
 * what is not there: root, loop devices, a kernel with XFS, `mkfs.xfs`. It is gone when the test has finished.
 */
export function reflinkDisk(): string | undefined {
  const folder = tempDir()
  const [image, path] = [join(folder, 'image'), join(folder, 'disk')]
  writeFileSync(image, '')
  truncateSync(image, MIB << 20)
  mkdirSync(path)
  try {
    execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image], { stdio: 'ignore' })
    execFileSync('mount', ['-o', 'loop', image, path], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', path])
    rmSync(image)
  })
  return path
}
