import { nearestWord } from '../lib/nearest-word.ts'
import { configError } from './config-error.ts'
import type { knownKeys } from './known-keys.ts'
import type { Layer } from './layer.ts'
import { parseYaml } from './parse-yaml.ts'

const PREFIX = 'SYMGATE_'
/** Settings of the agent command (`symgate push`), which are no configuration of the server. */
const OF_THE_AGENT = new Set(['SYMGATE_URL', 'SYMGATE_TOKEN'])
const LIST_INDEX = /^(?:0|[1-9]\d{0,3})$/

/**
 * The settings that environment variables make, the outer ones first: `SYMGATE_UPSTREAMS` before
 * `SYMGATE_UPSTREAMS__0__URL`. Values are text as it stands; for lists and groups it is read as YAML, and for
 * lists of plain values, unless it begins as a YAML list does, as values with commas between them. An empty variable is not set. Throws `config_invalid` for an unknown `SYMGATE_` name and for broken YAML.
 */
export function environmentLayers(
  env: Readonly<Record<string, string | undefined>>,
  keys: ReturnType<typeof knownKeys>,
  cwd: string,
): Layer[] {
  const layers: Layer[] = []
  for (const name of Object.keys(env).sort()) {
    const text = env[name]
    if (!name.startsWith(PREFIX) || OF_THE_AGENT.has(name) || text === undefined) continue
    const path = name
      .slice(PREFIX.length)
      .split('__')
      .map((level) => (LIST_INDEX.test(level) ? Number(level) : level.toLowerCase()))
    const kind = keys.get(keyOf(path))
    if (kind === undefined || name !== name.toUpperCase()) throw unknownVariable(name, keys)
    if (text === '') continue
    const source = `from ${name}`
    const isPlainList = keys.get(keyOf([...path, 0])) === 'value' && !/^\s*[[-]/.test(text)
    const value = kind === 'value' ? text : isPlainList ? commaList(text) : parseYaml(text, source)
    if (value !== undefined) layers.push({ path, value, source, folder: cwd })
  }
  return layers.sort((a, b) => comparePaths(a.path, b.path))
}

function commaList(text: string): readonly string[] {
  return text.split(',').map((value) => value.trim())
}

function keyOf(path: Layer['path']): string {
  return path
    .map((level) => (typeof level === 'number' ? '[]' : `.${level}`))
    .join('')
    .slice(1)
}

function unknownVariable(name: string, keys: ReturnType<typeof knownKeys>): Error {
  const index = Number(/__(\d{1,4})(?=__|$)/.exec(name)?.[1] ?? 0)
  const known = [...keys.keys()].map((key) =>
    key.replaceAll('[]', `__${index}`).replaceAll('.', '__').toUpperCase(),
  )
  const meant = nearestWord(name.slice(PREFIX.length), known)
  const hint =
    meant === undefined
      ? 'allowed: SYMGATE_ and a key in capitals, such as SYMGATE_LISTEN or SYMGATE_STORE__PATH'
      : `did you mean "${PREFIX}${meant}"?`
  return configError(`unknown environment variable ${JSON.stringify(name)}; ${hint}`)
}

function comparePaths(a: Layer['path'], b: Layer['path']): number {
  for (const [depth, left] of a.entries()) {
    const right = b[depth]
    if (right === undefined) return 1
    if (left === right) continue
    if (typeof left === 'number' && typeof right === 'number') return left - right
    return String(left) < String(right) ? -1 : 1
  }
  return a.length - b.length
}
