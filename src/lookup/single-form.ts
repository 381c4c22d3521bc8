import { MAX_FILE_BYTES } from '../cabinet/max-file-bytes.ts'
import { breakpadPath } from '../symbols/breakpad-path.ts'
import { plainPath } from '../symbols/plain-path.ts'
import type { SymbolForm } from '../symbols/symbol-form.ts'
import type { SymbolPath } from '../symbols/symbol-path.ts'
import type { Lookup, Prospect, Requester } from './lookup.ts'

/** A form in which services ask for a file, in the words of the configuration. */
export type SingleFormName = 'plain' | 'compressed' | 'sym'

/** The forms that services ask for at once; whatever else a path asks for is none of them. */
const NAMES: Partial<Record<SymbolForm, SingleFormName>> = {
  plain: 'plain',
  compressed: 'compressed',
  breakpad: 'sym',
}

export interface SingleFormOptions {
  readonly lookup: Pick<Lookup, 'prospect' | 'stored'>
  /** The forms that are answered, the best first; a cabinet only where cabinets are served. */
  readonly prefer: readonly SingleFormName[]
}

/**
 * Which one of a file's forms is answered to a service that asks for all of them at the same time and takes the
 * first answer (symbold: «respond to only one of them»). What is stored decides; where nothing is, the first form
 * that anybody could still be asked for. Nothing is waited for: while that form is fetched, it is the one.
 */
export class SingleForm {
  readonly #options: SingleFormOptions

  constructor(options: SingleFormOptions) {
    this.#options = options
  }

  /** Whether the path asks for the one form that is answered now; where none can be had each is, with its own reason. */
  isAnswered(path: SymbolPath, requester: Requester): boolean {
    const asked = NAMES[path.form]
    if (asked === undefined) return true
    if (!this.#options.prefer.includes(asked)) return false
    const chosen = this.#choose(path, requester)
    return chosen === undefined || chosen === asked
  }

  #choose(path: SymbolPath, requester: Requester): SingleFormName | undefined {
    const forms = this.#options.prefer.map((form) => ({
      form,
      prospect: this.#prospect(form, path, requester),
    }))
    const stored = forms.findIndex(({ prospect }) => prospect === 'stored')
    if (stored < 0)
      return forms.find(({ prospect }) => prospect === 'running' || prospect === 'possible')?.form
    // The better one was promised before this one came.
    const running = forms.slice(0, stored).find(({ prospect }) => prospect === 'running')
    return (running ?? forms[stored])?.form
  }

  #prospect(form: SingleFormName, path: SymbolPath, requester: Requester): Prospect {
    const { lookup } = this.#options
    if (form === 'sym') {
      const breakpad = breakpadPath(path)
      return breakpad === undefined ? 'none' : lookup.prospect(breakpad, requester)
    }
    const plain = plainPath(path)
    const isTooLarge =
      form === 'compressed' && (lookup.stored(plain)?.blob.size ?? 0) > MAX_FILE_BYTES
    return isTooLarge ? 'none' : lookup.prospect(plain, requester)
  }
}
