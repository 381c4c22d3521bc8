import { parseArgs } from 'node:util'
import { Connection } from '../agent/connection.ts'
import { push } from '../agent/push.ts'
import { isGood, type PushReport } from '../agent/push-report.ts'
import { SymbolServer } from '../agent/symbol-server.ts'
import type { CollectOptions } from '../ingest/collect-options.ts'
import { randomBase32 } from '../lib/random-base32.ts'
import { Semaphore } from '../lib/semaphore.ts'
import { AGENT_OPTIONS, agentServer } from './agent-options.ts'
import { AGENT_PATIENCE } from './agent-patience.ts'
import { commandCollectOptions } from './command-collect-options.ts'
import { describePush } from './describe-push.ts'
import { TextProgress, type TextOutput } from './text-progress.ts'
import { unpackFile } from './unpack-file.ts'
import { UsageError } from './usage-error.ts'

/** Characters of the id under which all packages of one push are one build. */
const BUILD_LENGTH = 16

const OPTIONS = {
  ...AGENT_OPTIONS,
  tag: { type: 'string' },
  product: { type: 'string' },
  version: { type: 'string' },
  strict: { type: 'boolean', default: false },
  'on-conflict': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const

/** What a `push` command line asks for. */
export type PushCommand = ReturnType<typeof parsePushCommand>

/** Reads `push […] PATH…`; fails with a UsageError that names what is wrong. */
export function parsePushCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  })
  if (positionals.length === 0) throw new UsageError('usage: symgate push [--server URL] PATH…')
  const server = agentServer(values, env)
  if (server.token === undefined) {
    throw new UsageError('an upload needs a token: give --token T or set SYMGATE_TOKEN')
  }
  const { json, tag, product, version, strict, 'on-conflict': onConflict } = values
  if (onConflict !== undefined && onConflict !== 'keep' && onConflict !== 'replace') {
    throw new UsageError(`--on-conflict must be keep or replace, not ${JSON.stringify(onConflict)}`)
  }
  return {
    ...server,
    json,
    dryRun: values['dry-run'],
    paths: positionals,
    details: { tag, product, version, strict, onConflict },
  } as const
}

/** Runs the command; gives the lines to print, and whether every file is stored or was there. */
export async function runPushCommand(
  { url, token, json, dryRun, paths, details }: PushCommand,
  { userAgent, output }: { readonly userAgent: string; readonly output: TextOutput },
): Promise<{ readonly lines: readonly string[]; readonly isGood: boolean }> {
  const connection = new Connection({ url, token, userAgent })
  const progress = new TextProgress(output)
  const unpacking = new Semaphore(1)
  let options: CollectOptions | undefined
  let report: PushReport
  try {
    report = await push({
      paths,
      server: new SymbolServer(connection),
      details: { ...details, build: randomBase32(BUILD_LENGTH) },
      dryRun,
      // One at a time: they share a folder.
      unpack: (path) =>
        unpacking.run(
          async () => await unpackFile(path, (options ??= await commandCollectOptions())),
        ),
      patience: AGENT_PATIENCE,
      progress,
    })
  } catch (error) {
    // Whoever reads JSON reads there what stopped it.
    if (!json || !(error instanceof Error)) throw error
    report = { rows: [], packages: [], sentBytes: 0, trouble: error }
  } finally {
    progress.end()
    await options?.folder.discard()
    await connection.close()
  }
  if (json && report.trouble !== undefined) output.write(`symgate: ${report.trouble.message}\n`)
  const { tag } = details
  return {
    lines: describePush(report, { url, tag, dryRun, json }),
    isGood: isGood(report),
  }
}
