import type * as z from 'zod'
import { nearestWord } from '../lib/nearest-word.ts'
import { describeValue } from '../lib/describe-value.ts'
import type { knownKeys } from './known-keys.ts'
import { valueAt } from '../lib/value-at.ts'

/** Keys whose values are for nobody's eyes. */
const SECRETS: ReadonlySet<PropertyKey> = new Set([
  'password',
  'token',
  'secret_access_key',
  'service_account_json',
])

/** What a message about an issue is made from. */
interface Context {
  readonly tree: unknown
  readonly keys: ReturnType<typeof knownKeys>
  /** The phrase for where the value at a path came from; empty for a default. */
  sourceOf(path: readonly PropertyKey[]): string
}

/**
 * The one line about a wrong setting: the key, where it came from, what was found, what is allowed; for an
 * unknown key the key that was probably meant.
 */
export function describeIssue(issue: z.core.$ZodIssue, context: Context): string {
  if (issue.code === 'unrecognized_keys') {
    return describeUnknown([...issue.path, issue.keys[0] ?? ''], context)
  }
  const value = valueAt(context.tree, issue.path)
  const key = issue.path.length === 0 ? 'the configuration' : dotted(issue.path)
  const source = context.sourceOf(issue.path)
  const shown = SECRETS.has(issue.path.at(-1) ?? '') ? '***' : describeValue(value)
  const found = value === undefined ? 'is missing' : `is ${shown}`
  return `${key}${source} ${found}; allowed: ${allowed(issue, context)}`
}

function describeUnknown(path: readonly PropertyKey[], context: Context): string {
  const word = String(path.at(-1))
  const siblings = keysOf(path.slice(0, -1), context)
  const near = nearestWord(word, siblings)
  const meant = near === undefined ? elsewhere(word, context) : dotted([...path.slice(0, -1), near])
  const hint =
    meant === undefined
      ? `allowed: ${siblings.join(', ')}`
      : `did you mean ${describeValue(meant)}?`
  return `unknown key ${describeValue(dotted(path))}${context.sourceOf(path)}; ${hint}`
}

/** The only key of another group with exactly this last word. */
function elsewhere(word: string, { keys }: Context): string | undefined {
  const matches = [...keys.keys()].filter((key) => key.endsWith(`.${word}`) && !key.includes('[]'))
  return matches.length === 1 ? matches[0] : undefined
}

function allowed(issue: z.core.$ZodIssue, context: Context): string {
  if (issue.code === 'invalid_value') return inWords(issue.values.map(String))
  if (issue.code !== 'invalid_type') return issue.message
  if (issue.expected === 'array') return 'a list'
  if (issue.expected === 'record') return 'a group of patterns'
  return `a group of the keys ${keysOf(issue.path, context).join(', ')}`
}

/** The keys directly in a group. */
function keysOf(group: readonly PropertyKey[], { keys }: Context): string[] {
  const prefix = group.reduce<string>((outer, level) => {
    const entry = `${outer.slice(0, -1)}[].`
    const isEntry = [...keys.keys()].some((key) => key.startsWith(entry))
    return isEntry ? entry : `${outer}${String(level)}.`
  }, '')
  return [...keys.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((key) => /^\w+$/.test(key))
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((level) => (typeof level === 'number' ? `[${level}]` : `.${String(level)}`))
    .join('')
    .replace(/^\./, '')
}

function inWords(values: readonly string[]): string {
  if (values.length < 2) return values.join('')
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}
