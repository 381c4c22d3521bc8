/** Whether `error` is a system error with one of these codes (`ENOENT`, `ENOSPC` …). */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
