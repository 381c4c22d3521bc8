import { expect, it } from 'vitest'
import { parseEntryPath } from '../../src/archives/entry-path.ts'
import { memberPath } from '../../src/agent/member-path.ts'

it.each([
  ['build/app.pdb', 'build/app.pdb'],
  ['/build/app.pdb', 'build/app.pdb'],
  ['../../out/app.pdb', 'out/app.pdb'],
  ['./app.pdb', 'app.pdb'],
  ['C:\\build\\Release\\app.pdb', 'build/Release/app.pdb'],
  ['c:app.pdb', 'app.pdb'],
  ['\\\\server\\share\\app.pdb', 'server/share/app.pdb'],
  ['\\\\?\\C:\\very\\long\\app.pdb', 'very/long/app.pdb'],
  ['..\\x64\\app.pdb', 'x64/app.pdb'],
  ['a\u0001b/app.pdb', 'a_b/app.pdb'],
])('%j goes into an archive as %j, which a server takes', (path, expected) => {
  expect(memberPath(path)).toBe(expected)
  expect(parseEntryPath(memberPath(path)).path).toBe(expected)
})
