/** A caught value as an Error, for streams, which can fail with nothing else. */
export function asError(caught: unknown): Error {
  return caught instanceof Error ? caught : new Error(String(caught))
}
