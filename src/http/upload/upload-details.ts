import { DEFAULT_DETAILS } from '../../ingest/default-details.ts'
import type { ConflictRule, UploadDetails } from '../../ingest/upload.ts'
import { checkPackageText } from '../../ingest/check-package-text.ts'
import { AppError } from '../../lib/app-error.ts'
import { uploadFlag } from './upload-flag.ts'

/** Checks and gives what the parameters say of the package; fails with `request_invalid` naming the parameter. */
export function uploadDetails(parameters: URLSearchParams): UploadDetails {
  const format = parameters.get('format') ?? 'symbols'
  if (format !== 'symbols') {
    throw new AppError(
      'request_invalid',
      `parameter format: ${JSON.stringify(format)} is not symbols`,
    )
  }
  return {
    tag: text(parameters, 'tag') ?? DEFAULT_DETAILS.tag,
    product: text(parameters, 'product'),
    version: text(parameters, 'version'),
    comment: text(parameters, 'comment'),
    build: text(parameters, 'build'),
    strict: uploadFlag(parameters, 'strict'),
    onConflict: conflictRule(parameters),
  }
}

function text(parameters: URLSearchParams, name: string): string | undefined {
  const value = parameters.get(name)
  if (value === null || value === '') return undefined
  checkPackageText(`parameter ${name}`, value)
  return value
}

function conflictRule(parameters: URLSearchParams): ConflictRule | undefined {
  const value = parameters.get('on_conflict')
  if (value === null) return undefined
  if (value === 'keep' || value === 'replace') return value
  throw new AppError(
    'request_invalid',
    `parameter on_conflict: ${JSON.stringify(value)} is neither keep nor replace`,
  )
}
