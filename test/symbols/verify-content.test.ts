import { describe, expect, it } from 'vitest'
import { identify } from '../../src/symbols/identify.ts'
import { verifyContent } from '../../src/symbols/verify-content.ts'
import { makeMsfz, msfzDbi, msfzInfo } from '../helpers/make-msfz.ts'
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
    ['an image for the PDB', Buffer.from('MZ'), `app.pdb/${GUID}1/app.pdb`, 'mismatch'],
  ])('%s', async (_, bytes, path, kind) => {
    expect(await verify(bytes, path)).toBe(kind)
  })
})
