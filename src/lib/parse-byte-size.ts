const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/**
 * Bytes of a size as people write it: a whole number alone, or with a binary unit (`64MiB`) or a decimal
 * one (`64MB`). Units are spelled as IEC 80000-13 and SI do. Undefined for anything else, and beyond what
 * a number holds exactly.
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d{1,16})(|B|[kMGT]B|[KMGT]iB)$/.exec(text)
  if (match === null) return undefined
  const [, digits = '', unit = ''] = match
  const bytes = Number(digits) * (BYTES[unit] ?? Number.NaN)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
