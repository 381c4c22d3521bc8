/** NAME_MAX of the usual file systems; NTFS takes 255 UTF-16 units, which are never more than the bytes of UTF-8. */
const MAX_NAME_BYTES = 255

/** Device names that Windows opens whatever extension follows (docs: Naming Files, Paths, and Namespaces). */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³]) *(?:\.|$)/i

/** Names with a meaning in a store, on a symbol server or for IIS, which shares the trees of SymStore. */
const TAKEN: ReadonlySet<string> = new Set([
  '000admin',
  '.symgate',
  'file.ptr',
  'index2.txt',
  'pingme.txt',
  'refs.ptr',
  'web.config',
])

/**
 * Whether a file name is one that no store may have as file or folder: longer than 255 bytes, with a
 * separator (`:` parts a drive or an alternate stream), control character or lone surrogate in it,
 * `.` or `..` or otherwise ending in a dot or space (which Windows drops), a device, or a name with a
 * meaning of its own.
 */
export function isUnsafeName(name: string): boolean {
  return (
    /[\p{Cc}/\\:]|[. ]$/u.test(name) ||
    !name.isWellFormed() ||
    Buffer.byteLength(name) > MAX_NAME_BYTES ||
    DEVICE.test(name) ||
    TAKEN.has(name.toLowerCase())
  )
}
