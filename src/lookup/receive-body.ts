import type { Readable } from 'node:stream'
import { bodyFault, type BodyFault } from './body-fault.ts'
import type { SpoolRoom } from './fill-spool.ts'
import type { GrowingFile } from './growing-file.ts'
import { noRoom } from './no-room.ts'

/** What is held until its magic fits the kind asked for (The fill, 1). */
const HEAD_BYTES = 4096

/** What is held at the end until the whole is verified (The fill, 4). */
const TAIL_BYTES = 65_536

/** Headers go out this long after the head has fitted, even when nothing can be released yet: clients give up after 25–30 s. */
const ANNOUNCE_AFTER_MS = 5000

export interface ReceiveOptions {
  readonly body: Readable
  readonly size: number | undefined
  readonly maxBytes: number
  readonly file: GrowingFile
  /** Where on the disk it may go. */
  readonly room: Pick<SpoolRoom, 'fits' | 'take'>
  /** Whether a file that begins with these bytes can be what was asked for. */
  readonly headFits: (head: Uint8Array) => boolean
  /** Called once when clients may be answered. */
  readonly announce: () => void
}

/**
 * Writes a body to the growing file and releases it to the readers but for its tail. Resolves undefined
 * when the whole body has arrived, or its fault; a failing transfer is `trouble`.
 */
export async function receiveBody(options: ReceiveOptions): Promise<BodyFault | undefined> {
  const { body, size, maxBytes, file, room, headFits, announce } = options
  let head: Uint8Array | undefined = new Uint8Array(0)
  let timer: NodeJS.Timeout | undefined
  try {
    if (size !== undefined && size > maxBytes) {
      body.destroy()
      return tooLarge(maxBytes)
    }
    if (size !== undefined && !(await room.fits(size))) return noRoom()
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (file.written + chunk.byteLength > maxBytes) return tooLarge(maxBytes)
      if (!(await room.take(chunk.byteLength))) return noRoom()
      await file.append(chunk)
      if (head !== undefined) {
        head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES)])
        if (head.byteLength < HEAD_BYTES) continue
        if (!headFits(head)) return unfit(head)
        head = undefined
        timer = setTimeout(announce, ANNOUNCE_AFTER_MS)
        if (size !== undefined && size > TAIL_BYTES) announce()
      }
      file.release(file.written - TAIL_BYTES)
      if (file.released > 0) announce()
    }
  } catch (error) {
    return bodyFault(error)
  } finally {
    clearTimeout(timer)
    body.destroy()
  }
  if (size !== undefined && file.written !== size) {
    const cause = `${file.written} bytes came of ${size}`
    return { kind: 'trouble', stage: 'download', blame: 'file', cause }
  }
  return head !== undefined && !headFits(head) ? unfit(head) : undefined
}

function tooLarge(maxBytes: number): BodyFault {
  const cause = `larger than limits.fill_size (${maxBytes} bytes)`
  return { kind: 'trouble', stage: 'download', blame: 'file', cause }
}

function unfit(head: Uint8Array): BodyFault {
  const start = JSON.stringify(Buffer.from(head.subarray(0, 16)).toString('latin1'))
  return {
    kind: 'mismatch',
    stage: 'verification',
    blame: 'file',
    cause: head.byteLength === 0 ? 'empty body' : `no such file begins with ${start}`,
  }
}
