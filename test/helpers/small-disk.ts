import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { tempDir } from './temp-dir.ts'

const MIB = 1 << 20

/** Whether file systems can be mounted here: it takes root, and a kernel that lets it. */
export const canMount: boolean = (() => {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** A file system of its own in memory. */
export interface SmallDisk {
  readonly path: string
  /** Takes all but `freeBytes` of it. */
  fill(freeBytes: number): void
  /** Gives back what `fill` took. */
  clear(): void
}

/** Mounts one of this size; it is gone when the test has finished. */
export function smallDisk(mebibytes: number): SmallDisk {
  const path = tempDir()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path])
  // Lazily, for a server may still have files open there.
  onTestFinished(() => void execFileSync('umount', ['-l', path]))
  let count = 0
  return {
    path,
    fill(freeBytes) {
      for (;;) {
        const { bavail, bsize } = statfsSync(path)
        const bytes = Math.min(bavail * bsize - freeBytes, 8 * MIB)
        if (bytes <= 0) return
        writeFileSync(join(path, `ballast${count++}`), Buffer.alloc(bytes))
      }
    },
    clear() {
      for (let number = 0; number < count; number++)
        rmSync(join(path, `ballast${number}`), { force: true })
    },
  }
}
