/**
 * Whether gzip is what the client wants best of gzip and no coding (RFC 9110 §12.5.3): it accepts it,
 * by name or by `*`, and not less than the plain body, where it says how much it wants that.
 */
export function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  const weights = new Map<string, number>()
  for (const item of String(acceptEncoding ?? '').split(',')) {
    const [coding = '', ...parameters] = item.toLowerCase().split(';')
    weights.set(coding.trim().replace(/^x-gzip$/, 'gzip'), weightOf(parameters))
  }
  const gzip = weights.get('gzip') ?? weights.get('*') ?? 0
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0)
}

/** The weight that parameters give: 1 without one, 0 where it cannot be understood. */
function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [, value] = /^\s*q\s*=(.*)$/.exec(parameter) ?? []
    if (value !== undefined)
      return /^\s*(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/.test(value) ? Number(value) : 0
  }
  return 1
}
