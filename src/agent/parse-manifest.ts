import { z } from 'zod'

const module = z.object({
  debug_file: z.string().nullish(),
  debug_id: z.string().nullish(),
  filename: z.string().nullish(),
  code_id: z.string().nullish(),
})
const pair = z.object({ name: z.string(), id: z.string(), file: z.string().optional() })
const keyed = z.object({ keys: z.array(z.string()) })
const list = z.array(z.union([z.string(), pair, keyed]))
const manifest = z.union([
  list,
  z.object({ files: list }),
  // What stackwalkers print of a crash (rust-minidump's JSON schema).
  z.object({ modules: z.array(module) }),
])

/** What a manifest says. */
interface Manifest {
  /** Each as paths of which any will do. */
  readonly wanted: readonly (readonly string[])[]
  /** What in it names no file, and where it stands. */
  readonly wrong: readonly { readonly where: string; readonly text: string }[]
}

/**
 * The files that a manifest names; undefined when nothing in the text does, although there is something.
 * Either lines: `name,id` and whatever follows, as symchk /om writes them, or a symbol path, with `#` before
 * comments; or JSON: a list of paths, of `{name, id}` or of `{keys}`, or an object with such a list as
 * `files`, or with the `modules` of a crash.
 */
export function parseManifest(text: string): Manifest | undefined {
  const bare = text.replace(/^\uFEFF/, '')
  const manifest = /^\s*[[{]/.test(bare) ? parseJson(bare) : parseLines(bare)
  const isNone = manifest?.wanted.length === 0 && manifest.wrong.length > 0
  return isNone ? undefined : manifest
}

function parseLines(text: string): Manifest {
  const wanted: string[][] = []
  const wrong: Manifest['wrong'][number][] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const bare = line.trim()
    if (bare === '' || bare.startsWith('#')) continue
    const path = bare.includes(',') ? fromFields(bare) : fromPath(bare)
    if (path === undefined) wrong.push({ where: `line ${index + 1}`, text: bare })
    else wanted.push([path])
  }
  return { wanted, wrong }
}

function fromFields(line: string): string | undefined {
  const [name = '', id = ''] = line.split(',').map((field) => field.trim())
  return isName(name) && /^[\w-]+$/.test(id) ? `${name}/${id}/${name}` : undefined
}

/** `name/id/file`, `name/id`, or either with `\`. */
function fromPath(text: string): string | undefined {
  const [name = '', id = '', file = name, ...more] = text
    .split(/[\\/]/)
    .filter((part) => part !== '')
  const isPath = more.length === 0 && isName(name) && /^[\w-]+$/.test(id) && isName(file)
  return isPath ? `${name}/${id}/${file}` : undefined
}

function isName(text: string): boolean {
  return text !== '' && !/[/\\\p{Cc}]/u.test(text)
}

function parseJson(text: string): Manifest | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { data } = manifest.safeParse(value)
  if (data === undefined) return undefined
  if ('modules' in data) return { wanted: data.modules.flatMap(modulePaths), wrong: [] }
  const items = Array.isArray(data) ? data : data.files
  const wanted: string[][] = []
  const wrong: Manifest['wrong'][number][] = []
  for (const [index, item] of items.entries()) {
    if (typeof item === 'string') {
      const path = fromPath(item)
      if (path === undefined) wrong.push({ where: `entry ${index + 1}`, text: item })
      else wanted.push([path])
    } else if ('keys' in item) {
      if (item.keys.length > 0) wanted.push(item.keys)
    } else wanted.push([`${item.name}/${item.id}/${item.file ?? item.name}`])
  }
  return { wanted, wrong }
}

function modulePaths({
  debug_file: debugFile,
  debug_id: debugId,
  filename,
  code_id: codeId,
}: z.output<typeof module>): readonly (readonly string[])[] {
  const path = (name: string | null | undefined, id: string | null | undefined): string[][] => {
    const base = (name ?? '').split(/[\\/]/).at(-1) ?? ''
    return isName(base) && id ? [[`${base}/${id}/${base}`]] : []
  }
  return [...path(debugFile, debugId), ...path(filename, codeId)]
}
