import type { Identification } from '../identification.ts'
import { accept } from './accept.ts'
import type { CodeView } from './code-view.ts'
import { hex8 } from '../ids/hex8.ts'
import { imageId } from '../ids/image-id.ts'
import type { PagedReader } from './paged-reader.ts'
import { readPe } from './read-pe.ts'

/** Identifies a PE image by timestamp, size and file name; skips MZ programs that are no PE. */
export async function identifyMz(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const pe = await readPe(reader)
  if (pe === undefined) return { status: 'skip', reason: 'an MZ program that is no PE image' }
  const { timestamp, sizeOfImage, arch, codeView, embeddedPdb } = pe
  return accept(
    {
      kind: 'pe',
      arch,
      debugId: codeView.map(debugIdOf)[0],
      codeId: imageId(timestamp, sizeOfImage),
      embeddedPdb: embeddedPdb && { ...embeddedPdb, name: codeView[0]?.pdbName ?? '' },
      identities:
        name === undefined
          ? []
          : [{ kind: 'pe', name: name.toLowerCase(), timestamp, sizeOfImage }],
    },
    name,
  )
}

function debugIdOf(record: CodeView): string {
  const id = record.kind === 'rsds' ? record.guid : hex8(record.signature)
  return id + record.age.toString(16)
}
