import { expect, it } from 'vitest'
import { parseManifest } from '../../src/agent/parse-manifest.ts'

const PDB = 'ntdll.pdb/1B72224D37B8179228200ED8994498B21/ntdll.pdb'

it.each([
  ['ntdll.pdb,1B72224D37B8179228200ED8994498B21,1\r\n', [[PDB]]],
  [`# what symchk /om wrote\n\n${PDB}\n${PDB.replaceAll('/', '\\')}\n`, [[PDB], [PDB]]],
  ['ntdll.pdb\\1B72224D37B8179228200ED8994498B21', [[PDB]]],
  [JSON.stringify([PDB]), [[PDB]]],
  [
    JSON.stringify({ files: [{ name: 'a.dll', id: '5617D5638000' }] }),
    [['a.dll/5617D5638000/a.dll']],
  ],
  [JSON.stringify([{ path: 'x', keys: ['a/1/a', 'a/2/a'] }, { keys: [] }]), [['a/1/a', 'a/2/a']]],
  [
    JSON.stringify({
      modules: [
        { debug_file: 'C:\\b\\a.pdb', debug_id: 'AB1', filename: 'a.dll', code_id: '12' },
        { debug_file: null, filename: 'b' },
      ],
    }),
    [['a.pdb/AB1/a.pdb'], ['a.dll/12/a.dll']],
  ],
  ['', []],
])('%j', (text, wanted) => {
  expect(parseManifest(text)).toEqual({ wanted, wrong: [] })
})

it('names the lines that are wrong, beside those that are not', () => {
  expect(parseManifest(`\n${PDB}\r\na.pdb,../x\n`)).toEqual({
    wanted: [[PDB]],
    wrong: [{ where: 'line 3', text: 'a.pdb,../x' }],
  })
  expect(parseManifest(JSON.stringify(['x', PDB]))).toEqual({
    wanted: [[PDB]],
    wrong: [{ where: 'entry 1', text: 'x' }],
  })
})

it.each(['int main() {}', '{"a":1}', '[1]', '[', 'a/b/c/d', 'a.pdb,../x'])(
  '%j is no manifest',
  (text) => {
    expect(parseManifest(text)).toBeUndefined()
  },
)
