import { closeSync, openSync, readSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { headFits } from '../../src/symbols/head-fits.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { identifyFile } from '../helpers/identify-file.ts'
import { isContainer } from '../helpers/is-container.ts'
import { makeMsfz } from '../helpers/make-msfz.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { symbolPathOf } from '../helpers/symbol-path-of.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const corpus = openCorpus()
const accepted = (corpus?.rows ?? []).filter(
  ({ kind, expected }) => expected === 'accept' && !isContainer(kind),
)
const fits = (head: Uint8Array, path: string): boolean => headFits(head, symbolPathOf(path))

describe('headFits', () => {
  it.skipIf(corpus === undefined)('lets every file of the corpus through at its keys', async () => {
    const refused: string[] = []
    for (const { path } of accepted) {
      const file = corpus?.path(path) ?? ''
      const found = await identifyFile(file)
      const keys = found.status === 'accept' ? found.keys : []
      refused.push(...keys.filter((key) => !fits(headOf(file), key)))
    }
    expect(refused).toEqual([])
  })

  it.each(['', '<!DOCTYPE html><title>Sign in</title>', '{"error": "not found"}', 'MZ'])(
    'refuses %j for a PDB',
    (head) => {
      expect(fits(Buffer.from(head), `app.pdb/${GUID}1/app.pdb`)).toBe(false)
    },
  )

  it('keeps PDBs and MSFZ containers apart', () => {
    const [pdb, msfz] = [makePdb({ guid: GUID, age: 1 }), makeMsfz({})]
    const paths = [`app.pdb/${GUID}1/app.pdb`, `app.pdb/${GUID}1/msfz0/app.pdb`]
    expect(paths.map((path) => fits(pdb, path))).toEqual([true, false])
    expect(paths.map((path) => fits(msfz, path))).toEqual([false, true])
  })

  it('goes by the extension where the id says nothing, and refuses web pages at least', () => {
    const path = (name: string): string =>
      `${name}/elf-buildid-coreclr-00112233445566778899aabbccddeeff00112233/${name}`
    expect(fits(Buffer.from('MZ'), path('mscordaccore.dll'))).toBe(true)
    expect(fits(Buffer.from('MZ'), path('libmscordaccore.so'))).toBe(false)
    expect(fits(Buffer.from('anything'), path('unknown'))).toBe(true)
    expect(fits(Buffer.from('<html>'), path('unknown'))).toBe(false)
  })
})

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(4096)
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}
