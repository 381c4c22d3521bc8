/** Whether an id in hexadecimal is one that tools write for want of a real one: all zeros, or all F's. */
export function isPlaceholder(id: string): boolean {
  return /^(?:0+|F+)$/i.test(id)
}
