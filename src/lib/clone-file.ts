import { constants, copyFile } from 'node:fs/promises'
import { isErrno } from './is-errno.ts'

/**
 * Makes a new file that shares its blocks with another one until either is written (a reflink; btrfs, XFS,
 * APFS, ReFS). False, and no file, where the filesystem cannot do that.
 */
export async function cloneFile(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'ENOSYS', 'EINVAL', 'ENOTTY')) return false
    throw error
  }
}
