import { DEFAULT_DETAILS } from './default-details.ts'
import type { Upload, UploadDetails } from './upload.ts'

/** What the uploader said so far, for the history of an upload that failed, perhaps by what he said. */
export function detailsIfGood(upload: Pick<Upload, 'details'>): UploadDetails {
  try {
    return upload.details()
  } catch {
    return DEFAULT_DETAILS
  }
}
