import type { UploadDetails } from './upload.ts'

/** What counts where an uploader says nothing of the package. */
export const DEFAULT_DETAILS: UploadDetails = {
  tag: 'anon',
  product: undefined,
  version: undefined,
  comment: undefined,
  build: undefined,
  strict: false,
  onConflict: undefined,
}
