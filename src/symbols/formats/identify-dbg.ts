import type { Identification } from '../identification.ts'
import { accept } from './accept.ts'
import { imageId } from '../ids/image-id.ts'
import { machineArch } from './machine-arch.ts'
import type { PagedReader } from './paged-reader.ts'

const HEADER_BYTES = 48

/** Identifies a DBG file (IMAGE_SEPARATE_DEBUG_HEADER): SymStore files it like the image it was split from. */
export async function identifyDbg(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const header = await reader.view(0, HEADER_BYTES)
  const timestamp = header.u32(8)
  const sizeOfImage = header.u32(20)
  return accept(
    {
      kind: 'dbg',
      arch: machineArch(header.u16(4)),
      codeId: imageId(timestamp, sizeOfImage),
      identities:
        name === undefined
          ? []
          : [{ kind: 'pe', name: name.toLowerCase(), timestamp, sizeOfImage }],
    },
    name,
  )
}
