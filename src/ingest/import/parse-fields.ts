/**
 * The fields of a line of SymStore's records: separated by commas, in quotes where they were written by a
 * tool of this century (protocol: SymStore store structure, real bytes and the documented older form).
 */
export function parseFields(line: string): readonly string[] {
  const fields: string[] = []
  for (const match of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)) {
    const [whole, quoted, plain = ''] = match
    if (whole === '') break
    fields.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'))
  }
  return fields
}
