import { open, type FileHandle } from 'node:fs/promises'
import { cabinetHead, type CabinetMember } from './writer/cabinet-head.ts'
import { cutIntoBlocks } from './writer/cut-into-blocks.ts'
import { packBlock } from './writer/pack-block.ts'

/** Blocks compressed at once: each needs only the content before it, so that every core can help. */
const BATCH = 16

/**
 * Writes an MSZIP cabinet of one file to a new file at `path`, not yet durable; after a failure nothing
 * of use is there. Rejects with `limit_exceeded`, before anything is written, where no cabinet can hold the member
 * (more than 2,147,450,880 bytes, a name beyond 255), and with an Error when the content is not of the size told.
 */
export async function writeCabinet(
  content: AsyncIterable<Uint8Array>,
  member: CabinetMember,
  path: string,
): Promise<void> {
  const head = cabinetHead(member, 0)
  const file = await open(path, 'wx')
  try {
    await file.writeFile(head)
    const dataBytes = await appendData(content, member.size, file)
    // The whole size stands at the beginning and is known only now.
    await file.write(cabinetHead(member, dataBytes), 0, head.byteLength, 0)
  } finally {
    await file.close()
  }
}

/** Appends the data blocks; resolves their size in bytes. */
async function appendData(
  content: AsyncIterable<Uint8Array>,
  size: number,
  file: FileHandle,
): Promise<number> {
  let dataBytes = 0
  let batch: Promise<Buffer>[] = []
  const flush = async (): Promise<void> => {
    const blocks = Buffer.concat(await Promise.all(batch))
    batch = []
    await file.writeFile(blocks)
    dataBytes += blocks.byteLength
  }
  let before: Uint8Array | undefined
  let contentBytes = 0
  for await (const block of cutIntoBlocks(content)) {
    contentBytes += block.byteLength
    if (contentBytes > size) throw new Error(`more content came than the ${size} bytes told`)
    batch.push(packBlock(block, before))
    before = block
    if (batch.length === BATCH) await flush()
  }
  if (contentBytes < size) throw new Error(`${contentBytes} bytes came of the ${size} told`)
  await flush()
  return dataBytes
}
