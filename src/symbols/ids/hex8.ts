/** A 32-bit number as 8 upper-case hexadecimal digits (`%08X`). */
export function hex8(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}
