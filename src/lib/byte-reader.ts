/**
 * Random access to bytes that may be far larger than memory.
 *
 * `read` resolves the bytes `[offset, offset + length)` cut at the end of the source: shorter at the
 * end, empty beyond it, never longer than asked. It rejects only on I/O trouble.
 */
export interface ByteReader {
  /** Size of the source in bytes. */
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}
