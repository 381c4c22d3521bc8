/** The texts of a column that holds a JSON list of them. */
export function parseStrings(column: string): readonly string[] {
  const list: unknown = JSON.parse(column)
  return Array.isArray(list) ? list.map(String) : []
}
