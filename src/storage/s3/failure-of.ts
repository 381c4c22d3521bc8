import { S3ServiceException } from '@aws-sdk/client-s3'

/** What a refused S3 request was refused with, or undefined when something else went wrong. */
export function failureOf(error: unknown): { status: number; code: string } | undefined {
  if (!(error instanceof S3ServiceException)) return undefined
  return { status: error.$metadata.httpStatusCode ?? 0, code: error.name }
}
