/** A file on its way into a tar. */
export interface TarMember {
  /** Path in the archive, with `/` between folders. */
  readonly path: string
  /** Size in bytes, which its content must have. */
  readonly size: number
  /** Opens the content; called once, when its turn has come. */
  open(): AsyncIterable<Uint8Array>
}

const BLOCK_BYTES = 512

/** The name field of a ustar header. */
const MAX_NAME_BYTES = 100

/** Eleven octal digits, the size field of a ustar header. */
const MAX_SIZE = 8 ** 11 - 1

/**
 * Writes a tar member by member, with pax headers where a name or size does not fit (POSIX.1-2024 pax).
 * Fails with what a member's content fails with, and with a RangeError when it is longer or shorter than
 * stated.
 */
export async function* writeTar(
  members: Iterable<TarMember>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const member of members) {
    yield* headers(member)
    let bytes = 0
    for await (const chunk of member.open()) {
      bytes += chunk.byteLength
      if (bytes > member.size) break
      yield chunk
    }
    if (bytes !== member.size) {
      throw new RangeError(`${member.path} has changed while it was read`)
    }
    yield padding(bytes)
  }
  yield Buffer.alloc(2 * BLOCK_BYTES)
}

function* headers({ path, size }: TarMember): Generator<Uint8Array> {
  const name = Buffer.from(path)
  const isPlain = /^[\x20-\x7e]+$/.test(path) && name.byteLength <= MAX_NAME_BYTES
  if (isPlain && size <= MAX_SIZE) return yield header(name, size, '0')
  const records = Buffer.concat([record('path', path), record('size', String(size))])
  yield header(Buffer.from('pax'), records.byteLength, 'x')
  yield records
  yield padding(records.byteLength)
  yield header(name.subarray(0, MAX_NAME_BYTES), Math.min(size, MAX_SIZE), '0')
}

/** `<length> <key>=<value>\n`, the length counting its own digits. */
function record(key: string, value: string): Buffer {
  const body = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(body)
  let length = bytes + String(bytes).length
  if (String(length).length > String(bytes).length) length = bytes + String(length).length
  return Buffer.from(`${length}${body}`)
}

function header(name: Buffer, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES)
  name.copy(block, 0)
  block.write('0000644\0', 100, 'latin1')
  block.write(size.toString(8).padStart(11, '0'), 124, 'latin1')
  block.write('00000000000', 136, 'latin1')
  block.write(type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  // The checksum counts its own field as spaces.
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function padding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES)
}
