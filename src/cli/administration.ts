import { z } from 'zod'
import type { TokenInfo, TokenService } from '../access/token-service.ts'
import type { Scope } from '../db/token-table.ts'
import type { Importer, ImportRequest } from '../ingest/import/importer.ts'
import type { ImportResult } from '../ingest/import/import-tally.ts'
import type { ReindexResult, Reindexer } from '../ingest/reindexer.ts'
import type { CheckRequest, CheckResult } from '../integrity/check-result.ts'
import type { Checker } from '../integrity/checker.ts'
import type { Sweeper, SweepResult } from '../retention/sweeper.ts'
import type { ControlClient } from './control-client.ts'

/** What commands do to a data folder, whether a server runs on it or not. */
export interface Administration {
  createToken(options: {
    scope: Scope
    name: string
    expiresInMs?: number | undefined
    tags?: readonly string[]
    names?: readonly string[]
  }): Promise<{ text: string; token: TokenInfo }>
  listTokens(): Promise<readonly TokenInfo[]>
  revokeToken(id: string): Promise<void>
  reindex(): Promise<ReindexResult>
  sweep(options: { isDryRun: boolean }): Promise<SweepResult>
  check(request: CheckRequest): Promise<CheckResult>
  /** Takes over a tree; `told` hears from time to time how far it is. */
  importTree(request: ImportRequest, told: (soFar: ImportCounts) => void): Promise<ImportResult>
}

const time = z
  .number()
  .optional()
  .transform((value) => value)
const token = z.object({
  id: z.string(),
  scope: z.enum(['download', 'upload', 'admin']),
  name: z.string(),
  tags: z.array(z.string()),
  names: z.array(z.string()),
  createdAtMs: z.number(),
  expiresAtMs: time,
  lastUsedAtMs: time,
})
const created = z.object({ text: z.string(), token })
const reindexed = z.object({ packages: z.number(), strangers: z.number(), cached: z.number() })

const checked = z.object({
  blobs: z.number(),
  read: z.number(),
  found: z.number(),
  unrepaired: z.number(),
  findings: z.array(
    z.object({
      kind: z.enum(['missing', 'size', 'rotten', 'unreadable', 'stranger', 'manifest', 'leftover']),
      root: z.enum(['hosted', 'cache']),
      key: z.string(),
      detail: z.string(),
      repair: z
        .string()
        .optional()
        .transform((value) => value),
    }),
  ),
})

const swept = z.object({
  isDryRun: z.boolean(),
  packages: z.array(
    z.object({
      id: z.string(),
      tag: z.string(),
      receivedAtMs: z.number(),
      reason: z.enum(['keep_last', 'max_age', 'unused_for', 'max_total']),
      pattern: z
        .string()
        .optional()
        .transform((value) => value),
      files: z.number(),
      bytes: z.number(),
    }),
  ),
})

const importCounts = z.object({
  packages: z.number(),
  stored: z.number(),
  duplicates: z.number(),
  conflicts: z.number(),
  rejected: z.number(),
  leftOut: z.number(),
  before: z.number(),
  bytes: z.number(),
})
const imported = importCounts.extend({
  rows: z.array(
    z.object({
      path: z.string(),
      status: z.enum(['left out', 'conflict', 'rejected', 'noted']),
      reason: z.string(),
    }),
  ),
})

/** How far an import is. */
export type ImportCounts = Omit<ImportResult, 'rows'>

/** Administration by asking the server that runs. */
export function remoteAdministration(client: ControlClient): Administration {
  return {
    createToken: async (options) => created.parse(await client.call('POST', '/tokens', options)),
    listTokens: async () => z.array(token).parse(await client.call('GET', '/tokens')),
    revokeToken: async (id) =>
      void (await client.call('DELETE', `/tokens/${encodeURIComponent(id)}`)),
    reindex: async () => reindexed.parse(await client.call('POST', '/reindex')),
    sweep: async (options) => swept.parse(await client.call('POST', '/sweep', options)),
    check: async (request) => checked.parse(await client.call('POST', '/check', request, () => {})),
    importTree: async (request, told) => {
      const hear = (line: unknown): void => {
        const { data } = importCounts.safeParse(line)
        if (data !== undefined) told(data)
      }
      return imported.parse(await client.call('POST', '/import', request, hear))
    },
  }
}

/** Administration of a folder that this process owns. */
export function localAdministration({
  tokens,
  reindexer,
  importer,
  sweeper,
  checker,
}: {
  tokens: TokenService
  reindexer: Reindexer
  importer: () => Promise<Importer>
  sweeper: Sweeper
  checker: Checker
}): Administration {
  return {
    createToken: async (options) => tokens.create(options),
    listTokens: async () => tokens.list(),
    revokeToken: async (id) => tokens.revoke(id),
    reindex: () => reindexer.run(),
    sweep: (options) => sweeper.sweep(options),
    check: (request) => checker.run(request),
    importTree: async (request, told) => {
      const never = new AbortController()
      return await (await importer()).run(request, told, never.signal)
    },
  }
}
