import { isUtf8 } from 'node:buffer'

const WINDOWS_1252 = new TextDecoder('windows-1252')

/**
 * Decodes a tar name as UTF-8, or as Windows-1252 where it is none: tar states no encoding. Bytes
 * without a character there become U+FFFD.
 */
export function decodeTarName(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8')
  return WINDOWS_1252.decode(name).replaceAll(/[\u0080-\u009f]/g, '\ufffd')
}
