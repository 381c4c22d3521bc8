import type { Readable } from 'node:stream'
import { checkedStream } from '../archives/checked-stream.ts'
import type { Expansion } from '../archives/expansion.ts'
import type { CabinetFile } from '../cabinet/cabinet-file.ts'
import type { CabinetThreads } from '../cabinet/cabinet-threads.ts'

/** A cabinet whose content counts against the limits of an upload. */
export interface OpenedCabinet {
  /** In the order of their content; at least one. */
  readonly files: readonly CabinetFile[]
  /** The content of a file, in that order, one at a time; it fails with `limit_exceeded` too. Throws it where the stated size is too much. */
  open(file: CabinetFile): Readable
  close(): Promise<void>
}

/** Opens a cabinet while it comes. Rejects as `CabinetThreads.open` does, with the source destroyed. */
export async function openCabinet(
  source: Readable,
  cabinets: CabinetThreads,
  expansion: Expansion,
): Promise<OpenedCabinet> {
  let receivedBytes = 0
  let countedBytes = 0
  const counted = checkedStream(source, undefined, {
    check(chunk) {
      receivedBytes += chunk.byteLength
    },
    damaged: (cause) => cause,
  })
  const cabinet = await cabinets.open(counted)
  return {
    files: cabinet.files,
    open(file) {
      expansion.enter(file.name, file.size)
      return checkedStream(cabinet.extract(file), undefined, {
        check(chunk) {
          expansion.add(receivedBytes - countedBytes, chunk.byteLength)
          countedBytes = receivedBytes
        },
        damaged: (cause) => cause,
      })
    },
    close: () => cabinet.close(),
  }
}
