/** Extensions of files that are PE images and nothing else. */
const IMAGE =
  /\.(?:exe|dll|sys|ocx|cpl|scr|drv|efi|mui|com|ax|acm|tsp|ime|winmd|pyd|xll|vst3|8bf|bpl)$/
const WASM = /\.wasm(?:\.|$)/

/** What the extension of a file tells of its id. */
export type NameKind = 'pdb' | 'image' | 'wasm' | 'other'

/** The kind of a lower-case file name; `other` where the extension leaves it open. */
export function nameKind(name: string): NameKind {
  if (name.endsWith('.pdb')) return 'pdb'
  if (IMAGE.test(name)) return 'image'
  return WASM.test(name) ? 'wasm' : 'other'
}
