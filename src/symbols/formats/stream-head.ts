/** Gives the first bytes of a PDB stream, at most `length`, or undefined when the stream is absent or empty. */
export type StreamHead = (index: number, length: number) => Promise<Uint8Array | undefined>
