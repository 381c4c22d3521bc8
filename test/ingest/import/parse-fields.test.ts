import { expect, it } from 'vitest'
import { parseFields } from '../../../src/ingest/import/parse-fields.ts'

it.each([
  [
    '0000000001,add,file,09/06/2016,10:34:19,"dummyprod","1, 2","a ""b""",',
    ['0000000001', 'add', 'file', '09/06/2016', '10:34:19', 'dummyprod', '1, 2', 'a "b"'],
  ],
  [
    '0000000096,add,ptr,10/09/99,00:08:32,Windows Vista SP 1,x86 fre 1.156c-RTM-2,Added from \\\\mybuilds\\symbols,',
    [
      '0000000096',
      'add',
      'ptr',
      '10/09/99',
      '00:08:32',
      'Windows Vista SP 1',
      'x86 fre 1.156c-RTM-2',
      'Added from \\\\mybuilds\\symbols',
    ],
  ],
  ['0000000105,del,0000000096', ['0000000105', 'del', '0000000096']],
  ['"a.pdb\\1","C:\\x, y\\a.pdb"', ['a.pdb\\1', 'C:\\x, y\\a.pdb']],
  ['a,,"",b', ['a', '', '', 'b']],
  ['', []],
])('%j', (line, fields) => {
  expect(parseFields(line)).toEqual(fields)
})
