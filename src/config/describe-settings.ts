import * as z from 'zod'
import { valueAt } from '../lib/value-at.ts'
import { layerOf } from './layer-of.ts'
import type { Layer } from './layer.ts'
import { mergeLayers } from './merge-layers.ts'
import type { Setting } from './setting.ts'

/** Keys whose values nobody is to see: what proves who one is, and URLs that hold it. */
const SECRET = /pass|secret|token|access_key|account|username|smtp/i

/** Longest value that is shown. */
const MAX_SHOWN = 300

type Path = readonly (string | number)[]

/**
 * Every setting of the schema with the value in force and where it comes from, in the schema's order; of list
 * entries those that are set or have a default of their own. The layers
 * are those that the schema has taken; values stand as they were written, defaults as the documentation has them.
 */
export function describeSettings(schema: z.ZodType, layers: readonly Layer[]): readonly Setting[] {
  const tree = mergeLayers(layers)
  const settings: Setting[] = []

  function walk(schema: unknown, path: Path, fallback: unknown): void {
    if (schema instanceof z.ZodPrefault) return walk(schema.unwrap(), path, schema.def.defaultValue)
    if (schema instanceof z.ZodOptional) return walk(schema.unwrap(), path, fallback)
    const value = valueAt(tree, path)
    if (schema instanceof z.ZodObject) {
      for (const [key, inner] of Object.entries(schema.shape))
        walk(inner, [...path, key], undefined)
      return
    }
    if (schema instanceof z.ZodArray && Array.isArray(value)) {
      for (const index of value.keys()) walk(schema.element, [...path, index], undefined)
      if (value.length > 0) return
    }
    if (isGroup(value)) {
      for (const key of Object.keys(value)) walk(undefined, [...path, key], undefined)
      return
    }
    // An entry of a list has many keys that do not concern it.
    if (value === undefined && fallback === undefined && path.some(Number.isInteger)) return
    const source = value === undefined ? undefined : layerOf(layers, path)?.source
    settings.push({ key: dotted(path), value: shown(path, value ?? fallback), source })
  }

  walk(schema, [], undefined)
  return settings
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(path: Path, value: unknown): string {
  if (value === undefined) return ''
  if (path.some((level) => SECRET.test(String(level)))) return '(hidden)'
  // Chat services put the secret into the address of a webhook.
  if (path.includes('webhook') && path.at(-1) === 'url') return '(hidden)'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const open = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1***@')
  return open.length > MAX_SHOWN ? `${open.slice(0, MAX_SHOWN)}…` : open
}

function dotted(path: Path): string {
  return path
    .map((level) => (typeof level === 'number' ? `[${level}]` : `.${level}`))
    .join('')
    .slice(1)
}
