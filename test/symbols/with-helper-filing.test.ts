import { describe, expect, it } from 'vitest'
import { BytesReader } from '../../src/lib/bytes-reader.ts'
import type { AcceptedFile } from '../../src/symbols/identification.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { identify } from '../../src/symbols/identify.ts'
import { withHelperFiling } from '../../src/symbols/with-helper-filing.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePe } from '../helpers/make-pe.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const BUILD_ID = '10faa6bbaab83db300112233445566778899aabb'
const pe = makePe({ timestamp: 0x5ab38077, sizeOfImage: 0x9000 })
const elf = makeElf({ buildId: BUILD_ID })

async function identified(bytes: Buffer, name: string): Promise<AcceptedFile> {
  const file = await identify(new BytesReader(bytes), name)
  if (file.status !== 'accept') throw new Error(file.reason)
  return file
}

describe('a helper of a .NET runtime', () => {
  it.each([
    [pe, 'mscordaccore.dll', '542D574232000', '542d574200032000'],
    [pe, 'mscordbi.dll', '542D574232000', '542d574232000'],
    [pe, 'sos_amd64_amd64_4.6.26515.07.dll', '542D574232000', '542D574232000'],
    [pe, 'apphost.exe', '542D574232000', '542d574232000'],
    [
      elf,
      'libmscordaccore.so',
      `elf-buildid-coreclr-${BUILD_ID}`,
      `ELF-BuildID-coreclr-${BUILD_ID}`,
    ],
    [elf, 'apphost', `elf-buildid-${'ab'.repeat(20)}`, `elf-buildid-${'AB'.repeat(20)}`],
  ])('answers for the path that it is filed under: %#', async (bytes, name, id, asked) => {
    const plain = await identified(bytes, name)
    const file = withHelperFiling(plain, `store/${name}/${id}/${name}`)
    const own = file.identities.map(identityKey)
    const { identities } = symbolPathOf(`${name}/${asked}/${name}`)
    expect(own).toEqual(expect.arrayContaining(plain.identities.map(identityKey)))
    expect(identities.map(identityKey).some((key) => own.includes(key))).toBe(true)
    expect(file.keys).toEqual([...plain.keys, expect.stringContaining(`${name}/`)])
  })

  it.each([
    ['another file', 'clrjit.dll', 'clrjit.dll/542D574232000/clrjit.dll'],
    ['one under its own id', 'sos.dll', 'sos.dll/5AB380779000/sos.dll'],
    ['one in any other folder', 'sos.dll', 'shared/8.0.1/sos.dll'],
    ['one that is compressed in name', 'sos.dll', 'sos.dll/542D574232000/sos.dl_'],
  ])('is not %s', async (_, name, path) => {
    const plain = await identified(pe, name)
    expect(withHelperFiling(plain, path)).toBe(plain)
  })
})
