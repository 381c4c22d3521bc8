/** Decompresses the data blocks of one folder, in order; history lives across the blocks. */
export interface BlockDecoder {
  /**
   * Decodes one block's bytes to exactly `out.byteLength` bytes. Throws `archive_damaged` when they give
   * anything else; the decoder is of no further use then. Keeps neither array.
   */
  decode(block: Uint8Array, out: Uint8Array): void
}
