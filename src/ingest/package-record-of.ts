import type { PackageRecord } from '../db/package-record.ts'
import type { PackageManifest } from '../storage/package-manifest.ts'

/** A finished package as the database keeps it; `refusal` says why nothing of it was published. */
export function packageRecordOf(
  manifest: PackageManifest,
  refusal?: PackageRecord['error'],
): PackageRecord {
  return {
    id: manifest.id,
    tag: manifest.tag,
    product: manifest.product,
    version: manifest.version,
    comment: manifest.comment,
    build: manifest.build,
    protected: manifest.protected,
    verdict: manifest.verdict,
    isPublished: refusal === undefined,
    tokenId: manifest.tokenId,
    sentBytes: manifest.sentBytes,
    error: refusal && { code: refusal.code, message: refusal.message },
    receivedAtMs: manifest.receivedAtMs,
    finishedAtMs: manifest.finishedAtMs ?? manifest.receivedAtMs,
    files: manifest.files.map((file) => ({
      path: file.path,
      status: file.status,
      reason: file.reason,
      alert: file.alert,
      storeKey: file.blob?.storeKey,
      size: file.blob?.size,
      sha256: file.blob?.sha256,
      keys: file.keys,
    })),
  }
}
