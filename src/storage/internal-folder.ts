/** The folder inside a store that holds symgate's own files: never a blob's name, never listed. */
export const INTERNAL_FOLDER = '.symgate'
