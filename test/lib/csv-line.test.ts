import { expect, it } from 'vitest'
import { csvLine } from '../../src/lib/csv-line.ts'

it.each([
  [['a', 1, ''], 'a,1,\r\n'],
  [['a,b', 'say "x"', 'two\nlines'], '"a,b","say ""x""","two\nlines"\r\n'],
  [['=SUM(A1)', '+1', '-2', '@x'], "'=SUM(A1),'+1,'-2,'@x\r\n"],
])('cells are separated, quoted where they must be, and never formulas', (cells, line) => {
  expect(csvLine(cells)).toBe(line)
})
