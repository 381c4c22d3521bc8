const FORMAT = new Intl.NumberFormat('en')

/** A whole number for people: `1,234,567`. */
export function number(value: number): string {
  return FORMAT.format(value)
}
