import { describe, expect, it } from 'vitest'
import { identifyBreakpad } from '../../../src/symbols/formats/identify-breakpad.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const guid = '3249D99D0C4049318610F4E4FB0B6936'

function identifyText(text: string): Promise<Identification> {
  return identifyBreakpad(new PagedReader(new MemoryReader(Buffer.from(text))))
}

describe('identifyBreakpad', () => {
  it('answers by debug id under the PDB, and by code id under the image', async () => {
    const text = `MODULE windows x86 ${guid.toLowerCase()}1F crash.pdb\nINFO CODE_ID 5AB380779A000 Crash.dll\nFILE 0 a.c\n`
    expect(await identifyText(text)).toEqual({
      status: 'accept',
      kind: 'breakpad',
      arch: 'x86',
      debugId: `${guid}1f`,
      codeId: '5AB380779a000',
      identities: [
        { kind: 'breakpad', guid, age: 0x1f },
        { kind: 'breakpad-code', name: 'crash.dll', codeId: '5AB380779A000' },
      ],
      keys: [`crash.pdb/${guid}1f/crash.sym`, 'crash.dll/5AB380779A000/crash.sym'],
    })
  })

  it('takes the module for its own code file, but on Windows', async () => {
    const linux = `MODULE Linux x86_64 ${guid}0 libFoo.so\nINFO CODE_ID 10FAA6BBAAB83DB3\n`
    expect(await identifyText(linux)).toMatchObject({
      codeId: '10faa6bbaab83db3',
      identities: [
        { kind: 'breakpad' },
        { kind: 'breakpad-code', name: 'libfoo.so', codeId: '10FAA6BBAAB83DB3' },
      ],
      keys: [`libFoo.so/${guid}0/libFoo.so.sym`, 'libfoo.so/10FAA6BBAAB83DB3/libfoo.so.sym'],
    })
    const windows = `MODULE windows x86 ${guid}1 a.pdb\nINFO CODE_ID 5AB380779000\n`
    expect(await identifyText(windows)).toMatchObject({
      identities: [{ kind: 'breakpad', guid, age: 1 }],
    })
  })

  it('finds the code id behind other INFO lines, and not behind the records', async () => {
    const module = `MODULE Linux x86_64 ${guid}0 a\n`
    expect(await identifyText(`${module}INFO GENERATOR x\nINFO CODE_ID AB12\n`)).toMatchObject({
      codeId: 'ab12',
    })
    expect(await identifyText(`${module}FILE 0 a.c\nINFO CODE_ID AB12\n`)).not.toHaveProperty(
      'codeId',
    )
  })

  it.each([
    ['CRLF', `MODULE Linux x86_64 ${guid}0 my app.so\r\nINFO CODE_ID AB12\r\n`],
    ['a byte order mark', `\uFEFFMODULE Linux x86_64 ${guid}0 my app.so\n`],
    ['no line end', `MODULE Linux x86_64 ${guid}0 my app.so`],
    ['folders in the name', `MODULE Linux x86_64 ${guid}0 c:\\projects\\out/my app.so\n`],
  ])('tolerates %s', async (_, text) => {
    const found = await identifyText(text)
    expect(found).toMatchObject({ status: 'accept' })
    expect('keys' in found ? found.keys[0] : undefined).toBe(`my app.so/${guid}0/my app.so.sym`)
  })

  it.each([
    ['the placeholder FFFFFFFF', 'FFFFFFFF a.exe'],
    ['a build-id that is cut off in a byte', `${guid}0 libFoo.so`],
    ['an id of three bytes', 'A1B2C3 libFoo.so'],
    ['an image id under the name of a PDB, where it means a PDB 2.00', '5F0A1B2C1D000 a.pdb'],
  ])('has no use for the code id that nobody asks for: %s', async (_, code) => {
    expect(
      await identifyText(`MODULE windows x86 ${guid}1 a.pdb\nINFO CODE_ID ${code}\n`),
    ).toMatchObject({
      identities: [{ kind: 'breakpad', guid, age: 1 }],
    })
  })

  it.each([
    ['no MODULE line', 'FILE 0 a.c\n'],
    ['a MODULE line without name', `MODULE Linux x86_64 ${guid}0\n`],
    ['an id that is not hex', `MODULE Linux x86_64 ${'Z'.repeat(33)} a\n`],
    ['an id without age', `MODULE Linux x86_64 ${guid} a\n`],
    ['an id that is too long', `MODULE Linux x86_64 ${guid}123456789 a\n`],
    ['a zero id', `MODULE Linux x86_64 ${'0'.repeat(33)} a\n`],
    ['a name that leaves its folder', `MODULE Linux x86_64 ${guid}0 ../../etc/passwd\n`],
    ['a name of dots', `MODULE Linux x86_64 ${guid}0 ..\n`],
    ['a NUL in the name', `MODULE Linux x86_64 ${guid}0 a\0b\n`],
    ['a first line without end', `MODULE Linux x86_64 ${guid}0 ${'a'.repeat(10_000)}`],
  ])('refuses %s', async (_, text) => {
    await expect(identifyText(text)).rejects.toThrow(/MODULE/)
  })
})
