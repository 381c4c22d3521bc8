/** The time of an id that begins as `timePrefix` has it; undefined for any other. */
export function timeOfPrefix(id: string): number | undefined {
  const [prefix] = /^[\da-z]{9}(?=-)/.exec(id) ?? []
  return prefix === undefined ? undefined : Number.parseInt(prefix, 36)
}
