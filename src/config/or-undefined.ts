/** A duration as the code has it: 0 is how settings write "none". */
export function orUndefined(durationMs: number): number | undefined {
  return durationMs === 0 ? undefined : durationMs
}
