import { expect, it } from 'vitest'
import { breakpadPath } from '../../src/symbols/breakpad-path.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'

it.each([
  [`app.pdb/${GUID}1/app.pdb`, `app.pdb/${GUID}1/app.sym`],
  [`app.pdb/${GUID}1/app.pd_`, `app.pdb/${GUID}1/app.sym`],
  [`app.pdb/${GUID}1/app.pdb.sym`, `app.pdb/${GUID}1/app.sym`],
  ['app.exe/6B0140843000/app.exe', 'app.exe/6B0140843000/app.exe.sym'],
  ['app.exe/6B0140843000/app.sym', 'app.exe/6B0140843000/app.exe.sym'],
  [`libapp.so/${GUID}0/libapp.s_`, `libapp.so/${GUID}0/libapp.so.sym`],
])('the Breakpad file beside %s is %s', (path, breakpad) => {
  const found = breakpadPath(symbolPathOf(path))
  expect([found?.form, found?.canonical]).toEqual(['breakpad', breakpad.toLowerCase()])
})
