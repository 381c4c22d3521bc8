import { parseArgs } from 'node:util'
import { Connection } from '../agent/connection.ts'
import { Downloader, type FetchRow } from '../agent/downloader.ts'
import { fetchFiles, type FetchReport } from '../agent/fetch-files.ts'
import { AGENT_OPTIONS, agentServer } from './agent-options.ts'
import { AGENT_PATIENCE } from './agent-patience.ts'
import { sizeText } from './size-text.ts'
import { TextProgress, type TextOutput } from './text-progress.ts'
import { UsageError } from './usage-error.ts'

/** Where the files go unless the command says otherwise. */
const DEFAULT_FOLDER = './symbols'

/** What a `fetch` command line asks for. */
export type FetchCommand = ReturnType<typeof parseFetchCommand>

/** Reads `fetch [--server URL] [--out DIR] PATH|MANIFEST…`. */
export function parseFetchCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...AGENT_OPTIONS, out: { type: 'string', default: DEFAULT_FOLDER } },
    allowPositionals: true,
  })
  if (positionals.length === 0)
    throw new UsageError('usage: symgate fetch [--server URL] [--out DIR] PATH|MANIFEST…')
  const { json, out } = values
  return { ...agentServer(values, env), json, out, paths: positionals }
}

/** Runs the command; gives the lines to print, and whether everything that is needed is there. */
export async function runFetchCommand(
  { url, token, json, out, paths }: FetchCommand,
  { userAgent, output }: { readonly userAgent: string; readonly output: TextOutput },
): Promise<{ readonly lines: readonly string[]; readonly isGood: boolean }> {
  const connection = new Connection({ url, token, userAgent })
  const progress = new TextProgress(output)
  let report: FetchReport
  try {
    const downloader = new Downloader({
      connection,
      folder: out,
      patience: AGENT_PATIENCE,
      progress,
    })
    report = await fetchFiles({ paths, downloader, progress })
  } catch (error) {
    // Whoever reads JSON reads there what stopped it.
    if (!json || !(error instanceof Error)) throw error
    report = { rows: [], trouble: error }
  } finally {
    progress.end()
    await connection.close()
  }
  const { rows, trouble } = report
  if (trouble !== undefined) output.write(`symgate: ${trouble.message}\n`)
  const isGood =
    trouble === undefined && rows.every(({ status }) => status === 'fetched' || status === 'there')
  return { lines: json ? [toJson(report, url, isGood)] : toText(report), isGood }
}

function toText({ rows, trouble }: FetchReport): readonly string[] {
  const lines = rows
    .filter(({ status }) => status === 'missing' || status === 'failed')
    // What stopped it is said once.
    .filter(({ reason }) => trouble === undefined || reason !== trouble.message)
    .map(({ status, path, from, reason }) => `${status}  ${path}  ${reason ?? `for ${from}`}`)
  const count = (status: FetchRow['status']): number =>
    rows.filter((row) => row.status === status).length
  const bytes = rows.reduce(
    (sum, { status, size = 0 }) => sum + (status === 'fetched' ? size : 0),
    0,
  )
  lines.push(
    rows.length === 0
      ? 'nothing is needed'
      : `${count('fetched')} fetched (${sizeText(bytes)}), ${count('there')} there already, ` +
          `${count('missing')} missing, ${count('failed')} failed`,
  )
  return lines
}

function toJson({ rows, trouble }: FetchReport, server: string, ok: boolean): string {
  const error = trouble?.message
  return JSON.stringify(
    { ok, server, ...(error !== undefined && { error }), files: rows },
    undefined,
    2,
  )
}
