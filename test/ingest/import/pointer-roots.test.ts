import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PointerRoots } from '../../../src/ingest/import/pointer-roots.ts'
import { tempDir } from '../../helpers/temp-dir.ts'

function setUp() {
  const folder = tempDir()
  const outside = tempDir()
  mkdirSync(join(folder, 'X86'))
  writeFileSync(join(folder, 'X86/App.pdb'), 'app')
  writeFileSync(join(folder, 'X86/other.pd_'), 'other')
  writeFileSync(join(outside, 'secret'), 'secret')
  symlinkSync(join(outside, 'secret'), join(folder, 'link.pdb'))
  symlinkSync(outside, join(folder, 'out'))
  const roots = new PointerRoots([{ prefix: '\\\\builds\\symbols', folder }])
  return { folder, outside, follow: (text: string) => roots.follow(text) }
}

it.each([
  '\\\\builds\\symbols\\x86\\app.pdb',
  'PATH:\\\\BUILDS\\Symbols\\X86\\App.pdb\r\n',
  '\\\\builds\\symbols\\x86\\other.pdb',
])('follows %j within its folder', async (text) => {
  const { folder, follow } = setUp()
  const file = text.includes('other') ? 'other.pd_' : 'App.pdb'
  expect(await follow(text)).toMatchObject({ kind: 'file', path: join(folder, 'X86', file) })
})

it.each([
  ['\\\\builds\\symbols\\..\\secret', /out of every folder/],
  ['\\\\builds\\symbols\\link.pdb', /leads to no file/],
  ['\\\\builds\\symbols\\out\\secret', /leads to no file/],
  ['\\\\builds\\symbols2\\x86\\app.pdb', /out of every folder/],
  ['\\\\builds\\symbols', /out of every folder/],
  ['..\\x86\\app.pdb', /out of every folder/],
  ['/etc/passwd', /out of every folder/],
  ['\\\\builds\\symbols\\x86', /leads to no file/],
  ['MSG: no longer indexed', /the pointer says "MSG: no longer indexed"/],
  ['', /out of every folder/],
])('does not follow %j', async (text, reason) => {
  const { follow } = setUp()
  expect(await follow(text)).toMatchObject({ kind: 'left', reason })
})
