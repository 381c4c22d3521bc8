/** A share for people: `93.4 %`; a dash where there is nothing to share. */
export function percent(share: number | null): string {
  if (share === null) return '–'
  const value = share * 100
  return `${value >= 99.95 || value < 0.05 ? Math.round(value) : value.toFixed(1)} %`
}
