import { createHash } from 'node:crypto'
import { makePdb } from '../helpers/make-pdb.ts'

/** A PDB of its own for every number, told apart by its GUID; the same bytes for the same number. */
export function madeFile(number: number): MadeFile {
  const guid = `${number.toString(16).toUpperCase().padStart(8, '0')}0A44FC878E5A2D63B6CC4B12`
  const name = `file${number}.pdb`
  // From a page or two up to what passes several buffers.
  const size = 8192 + ((number * 7919) % 64) * 4096
  const bytes = makePdb({ guid, age: 1, size, payload: Buffer.alloc(4000, number) })
  return { name, path: `${name}/${guid}1/${name}`, bytes, sha256: sha256(bytes) }
}

interface MadeFile {
  readonly name: string
  readonly path: string
  readonly bytes: Buffer
  readonly sha256: string
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
