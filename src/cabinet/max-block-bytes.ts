/** A data block gives at most 32 KiB of its folder's content, whatever the compression (MS-CAB, CFDATA cbUncomp). */
export const MAX_BLOCK_BYTES = 32_768
