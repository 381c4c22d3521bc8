import type { PackageFile, PackageManifest } from '../storage/package-manifest.ts'
import type { Upload, UploadDetails } from './upload.ts'

/** What is known of a package beside its files. */
interface ManifestBase {
  readonly id: string
  readonly receivedAtMs: number
  readonly details: UploadDetails
}

/** The manifest of a package whose files have been settled; `isRefused`: nothing of it is published. */
export function toManifest(
  { id, receivedAtMs, details }: ManifestBase,
  { uploader, sentBytes }: Pick<Upload, 'uploader' | 'sentBytes'>,
  files: readonly PackageFile[],
  isRefused: boolean,
): PackageManifest {
  const { tag, product, version, comment, build } = details
  return {
    format: 1,
    id,
    tag,
    ...(product !== undefined && { product }),
    ...(version !== undefined && { version }),
    ...(comment !== undefined && { comment }),
    ...(build !== undefined && { build }),
    protected: false,
    verdict: isRefused || files.some(({ status }) => status === 'rejected') ? 'failed' : 'good',
    ...(uploader !== undefined && { tokenId: uploader.id }),
    ...(sentBytes !== undefined && { sentBytes: sentBytes() }),
    receivedAtMs,
    finishedAtMs: Date.now(),
    files,
  }
}
