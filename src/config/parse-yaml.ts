import { LineCounter, parseDocument } from 'yaml'
import { configError } from './config-error.ts'

const MAX_DEPTH = 16 // the deepest key has 4 levels; an alias inside its own anchor would never end

/**
 * Reads one YAML 1.2 document into plain values. Map entries without a value are left out, so that an
 * empty group or key means "not set"; undefined when nothing is left. `source` names the text in messages.
 * Throws `config_invalid` with line and column for broken YAML, repeated keys and unknown tags.
 */
export function parseYaml(text: string, source: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  })
  // An unresolved tag is only a warning to the library, but the value is then not what was meant.
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0])
    const what =
      problem.code === 'DUPLICATE_KEY'
        ? `the key "${wordAt(text, problem.pos[0])}" stands there a second time`
        : problem.message.split('\n', 1)[0]
    throw configError(`broken YAML ${source} at line ${line}, column ${col}: ${what}`, {
      cause: problem,
    })
  }
  return withoutEmpty(toValues(document, source), source, 0)
}

function toValues(document: ReturnType<typeof parseDocument>, source: string): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    // Aliases are resolved here only: unknown ones, and far too many of them.
    const what = cause instanceof Error ? cause.message : 'its aliases cannot be resolved'
    throw configError(`broken YAML ${source}: ${what}`, { cause })
  }
}

function wordAt(text: string, offset: number): string {
  return /^["']?([\w.-]*)/.exec(text.slice(offset, offset + 64))?.[1] ?? ''
}

function withoutEmpty(value: unknown, source: string, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    throw configError(`the YAML ${source} is nested deeper than ${MAX_DEPTH} levels`)
  }
  if (value === null) return undefined
  if (Array.isArray(value)) return value.map((item) => withoutEmpty(item, source, depth + 1))
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, withoutEmpty(item, source, depth + 1)] as const)
      .filter(([, item]) => item !== undefined),
  )
}
