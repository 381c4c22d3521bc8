import { MAX_BLOCK_BYTES } from './max-block-bytes.ts'

/** A folder has at most 65,535 blocks, and a file of a single cabinet lies in one folder. */
export const MAX_FILE_BYTES = 0xffff * MAX_BLOCK_BYTES
