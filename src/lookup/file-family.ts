import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { FileFamily } from '../upstream/upstream-rules.ts'

/** The families that what is asked for can belong to. */
export function fileFamilies({ identities }: SymbolPath): ReadonlySet<FileFamily> {
  const families = new Set<FileFamily>()
  for (const { kind } of identities) {
    switch (kind) {
      case 'pdb':
      case 'portable-pdb':
      case 'pdb20':
        families.add('pdb')
        break
      case 'pe':
        families.add('pe')
        break
      case 'elf':
      case 'elf-debug':
        families.add('elf')
        break
      case 'macho':
      case 'macho-debug':
        families.add('macho')
        break
      case 'breakpad':
      case 'breakpad-code':
        families.add('breakpad')
        break
      case 'wasm':
      case 'wasm-debug':
        families.add('wasm')
        break
      case 'path':
        break
    }
  }
  if (families.size === 0) families.add('other')
  return families
}
