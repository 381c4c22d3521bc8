/** Whether an error is the word of zlib or zstd on their input (`Z_DATA_ERROR`, `ZSTD_error_checksum_wrong` …). */
export function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && /^Z(?:STD)?_/.test(String(error.code))
}
