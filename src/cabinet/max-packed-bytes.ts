/** No writer lets a data block grow by more than LZX's 6144 bytes (libmspack, CAB_INPUTMAX). */
export const MAX_PACKED_BYTES = 32_768 + 6144
