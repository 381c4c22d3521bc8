import { describe, expect, it } from 'vitest'
import { identify } from '../../src/symbols/identify.ts'
import { verifyContent } from '../../src/symbols/verify-content.ts'
import { makeMsfz, msfzDbi, msfzInfo } from '../helpers/make-msfz.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePe } from '../helpers/make-pe.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { MemoryReader } from '../helpers/memory-reader.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const OTHER = '00112233445566778899AABBCCDDEEFF'
const pdb = makePdb({ guid: GUID, age: 1 })
const msfz = makeMsfz({ chunks: [msfzInfo(GUID, 1), msfzDbi(1)] })

async function verify(bytes: Uint8Array, text: string): Promise<string> {
  const path = symbolPathOf(text)
  return verifyContent(await identify(new MemoryReader(bytes), path.file), path).kind
}

const pe = makePe({ timestamp: 0x5ab38077, sizeOfImage: 0x9000 })
const elf = makeElf({ buildId: GUID })
const LONG_NAME = 'mscordaccore_amd64_amd64_4.6.26515.07.dll'

describe('verifyContent', () => {
  it.each([
    ['the PDB', pdb, `app.pdb/${GUID}1/app.pdb`, 'match'],
    ['the PDB of another age', pdb, `app.pdb/${GUID}2/app.pdb`, 'match'],
    ['another PDB', pdb, `app.pdb/${OTHER}1/app.pdb`, 'mismatch'],
    ['an MSFZ for the PDB', msfz, `app.pdb/${GUID}1/app.pdb`, 'mismatch'],
    ['the MSFZ', msfz, `app.pdb/${GUID}1/msfz0/app.pdb`, 'match'],
    ['another MSFZ', msfz, `app.pdb/${OTHER}1/msfz0/app.pdb`, 'mismatch'],
    ['a PDB for the MSFZ', pdb, `app.pdb/${GUID}1/msfz0/app.pdb`, 'mismatch'],
    [
      'an MSFZ that cannot be read',
      msfz.subarray(0, 40),
      `app.pdb/${GUID}1/msfz0/app.pdb`,
      'unverifiable',
    ],
    // Helpers of .NET lie under the id of the runtime, not under their own.
    [
      'a helper of another module',
      pe,
      'mscordaccore.dll/542d574200032000/mscordaccore.dll',
      'unverifiable',
    ],
    ['one of a long name', pe, `${LONG_NAME}/542D574232000/${LONG_NAME}`, 'unverifiable'],
    [
      'apphost under its program',
      elf,
      `apphost/elf-buildid-${OTHER}00000000/apphost`,
      'unverifiable',
    ],
    [
      'one for Linux',
      elf,
      `libmscordaccore.so/elf-buildid-coreclr-${OTHER}/libmscordaccore.so`,
      'unverifiable',
    ],
    ['one for macOS', elf, `libsos.dylib/mach-uuid-coreclr-${OTHER}/libsos.dylib`, 'unverifiable'],
    ['a helper under its own id', pe, 'sos.dll/5AB380779000/sos.dll', 'match'],
    ['any other image', pe, 'clrjit.dll/542D574232000/clrjit.dll', 'mismatch'],
    ['an image for the PDB', Buffer.from('MZ'), `app.pdb/${GUID}1/app.pdb`, 'mismatch'],
  ])('%s', async (_, bytes, path, kind) => {
    expect(await verify(bytes, path)).toBe(kind)
  })
})
