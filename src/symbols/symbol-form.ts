/** Which file of a symbol's folder a path asks for. */
export type SymbolForm = 'plain' | 'compressed' | 'breakpad' | 'pointer' | 'msfz' | 'source-bundle'

/** The file of each form but `msfz`, which has a folder of its own: what a path may end in. */
interface FormOfFile {
  readonly form: SymbolForm
  /** The file as SymStore and Breakpad spell it, in the casing of the request. */
  readonly file: string
}

/**
 * The form that `file` is of the symbol `name`, compared without case, or undefined when it is none.
 *
 * Plain: the name itself. Compressed: its last character replaced by `_` (whatever the extension).
 * Breakpad and source bundles: `.sym` or `.src.zip` in place of the extension or after it, since
 * clients differ in which extensions they replace. Pointer: `file.ptr`.
 */
export function symbolForm(name: string, file: string): FormOfFile | undefined {
  const asked = file.toLowerCase()
  if (asked === name.toLowerCase()) return { form: 'plain', file: name }
  if (asked === 'file.ptr') return { form: 'pointer', file: 'file.ptr' }
  if (asked.endsWith('_')) {
    const compressed = name.replace(/.$/su, '_')
    return asked === compressed.toLowerCase() ? { form: 'compressed', file: compressed } : undefined
  }
  if (isBeside(name, asked, '.sym')) return { form: 'breakpad', file: breakpadFile(name, file) }
  if (isBeside(name, asked, '.src.zip')) return { form: 'source-bundle', file }
  return undefined
}

function isBeside(name: string, asked: string, suffix: string): boolean {
  if (!asked.endsWith(suffix)) return false
  return [name, withoutExtension(name)].some((stem) => (stem + suffix).toLowerCase() === asked)
}

/** Every client drops `.pdb`; about other extensions they disagree, so there the client's word stands. */
function breakpadFile(name: string, file: string): string {
  return /\.pdb$/i.test(name) ? `${withoutExtension(name)}.sym` : file
}

function withoutExtension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(0, dot) : name
}
