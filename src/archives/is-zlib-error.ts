/** Whether an error is zlib's word on its input (`Z_DATA_ERROR`, `Z_BUF_ERROR` …). */
export function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}
