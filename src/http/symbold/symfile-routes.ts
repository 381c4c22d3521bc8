import { Hono } from 'hono'
import * as z from 'zod'
import type { TokenInfo } from '../../access/token-service.ts'
import type { PackageSummary } from '../../db/package-record.ts'
import type { MissingRecord } from '../../db/missing-record.ts'
import { matchesWildcard } from '../../lib/matches-wildcard.ts'
import type { ApiEnv } from '../api/api-env.ts'
import { filesOf, readPackages, type PackageFileOf } from './read-packages.ts'
import { readJson } from './read-json.ts'
import type { SymboldOptions } from './symbold-options.ts'

const MAX_TAGS = 100

/** Rows of the missing list that one answer tells of. */
const MAX_MISSING = 10_000

const question = z.looseObject({
  action: z.enum(['summary', 'archives', 'symbols', 'missing_symbols']),
  form: z.looseObject({ tags: z.array(z.string()).max(MAX_TAGS).nullish() }).nullish(),
})

/** `morgue symbol`: what was uploaded, and what is missing. */
export function symfileRoutes({
  history,
  missing,
}: Pick<SymboldOptions, 'history' | 'missing'>): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()
  const missed = async ({ scope, names }: TokenInfo): Promise<readonly MissingRecord[]> => {
    const query = { sinceMs: 0, text: undefined, isFound: false, after: undefined }
    const records = await missing.list({ ...query, limit: MAX_MISSING })
    // Whoever may upload certain files only is told of those alone.
    const isTold = scope === 'admin' || names.length === 0 ? () => true : mayUpload(names)
    return records.filter(({ storePath }) => isTold(storePath.split('/')[0] ?? ''))
  }
  routes.post('/', async (context) => {
    const { action, form } = await readJson(context, question)
    const { token } = context.var
    if (action === 'missing_symbols') {
      const records = await missed(token)
      return context.json({ response: { missing_symbols: records.map(toMissing) } })
    }
    const packages = await readPackages(history, form?.tags ?? [], token)
    switch (action) {
      case 'archives':
        return context.json({
          response: { archives: byTag(packages, (each) => each.tag, toArchive) },
        })
      case 'symbols': {
        const stored = filesOf(history, packages).filter(({ file }) => file.storeKey !== undefined)
        return context.json({
          response: { symbols: byTag(stored, (each) => each.package.tag, toSymbol) },
        })
      }
      case 'summary':
        return context.json({ response: { summary: summary(packages, await missed(token)) } })
    }
  })
  return routes
}

function mayUpload(patterns: readonly string[]): (name: string) => boolean {
  return (name) => patterns.some((pattern) => matchesWildcard(pattern, name))
}

function byTag<T>(
  items: readonly T[],
  tagOf: (item: T) => string,
  shown: (item: T) => object,
): { tag: string; files: object[] }[] {
  const groups = new Map<string, object[]>()
  for (const item of items) {
    const files = groups.get(tagOf(item)) ?? []
    files.push(shown(item))
    groups.set(tagOf(item), files)
  }
  return [...groups].map(([tag, files]) => ({ tag, files }))
}

function toArchive({
  id,
  verdict,
  sentBytes,
  size,
  counts,
  error,
  ...rest
}: PackageSummary): object {
  return {
    archive_id: id,
    upload_time: seconds(rest.receivedAtMs),
    file_size: sentBytes ?? size,
    status: verdict,
    new_symbols: counts.stored,
    duplicate_symbols: counts.duplicates + counts.conflicts,
    invalid_symbols: counts.rejected,
    errors: error === undefined ? [] : [error.message],
  }
}

/** Times are in milliseconds here. */
function toSymbol({ package: { id, receivedAtMs, finishedAtMs }, file }: PackageFileOf): object {
  const [debugFile = '', debugId = ''] = (file.keys[0] ?? file.storeKey ?? '').split('/')
  return {
    archive_id: id,
    upload_time: receivedAtMs,
    debug_file: debugFile,
    debug_identifier: debugId,
    file_size: file.size ?? 0,
    extract_time: finishedAtMs ?? receivedAtMs,
    convert_time: finishedAtMs ?? receivedAtMs,
  }
}

function toMissing({ storePath, lastAtMs }: MissingRecord): object {
  const [name = '', id = ''] = storePath.split('/')
  return { timestamp: seconds(lastAtMs), debug_file: name, debug_id: id }
}

function summary(packages: readonly PackageSummary[], missed: readonly MissingRecord[]): object {
  const symbols = packages.filter(({ counts }) => counts.stored > 0)
  const count = symbols.reduce((sum, { counts }) => sum + counts.stored, 0)
  return {
    archives: { ...updated(packages), count: packages.length },
    symbols: { ...updated(symbols), count },
    missing_symbols: {
      first_crash_time: seconds(Math.min(...missed.map(({ firstAtMs }) => firstAtMs))),
      last_crash_time: seconds(Math.max(...missed.map(({ lastAtMs }) => lastAtMs))),
      count: missed.length,
    },
  }
}

function updated(packages: readonly PackageSummary[]): object {
  const times = packages.map(({ receivedAtMs }) => receivedAtMs)
  return {
    first_updated_time: seconds(Math.min(...times)),
    last_updated_time: seconds(Math.max(...times)),
  }
}

/** Unix time in seconds; 0 where there is none. */
function seconds(ms: number): number {
  return Number.isFinite(ms) ? Math.floor(ms / 1000) : 0
}
