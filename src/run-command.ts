import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  localAdministration,
  remoteAdministration,
  type Administration,
} from './cli/administration.ts'
import { parseCheckCommand, runCheckCommand } from './cli/check-command.ts'
import { CONTROL_SOCKET, ControlClient } from './cli/control-client.ts'
import { parseFetchCommand, runFetchCommand } from './cli/fetch-command.ts'
import { firstStartText } from './cli/first-start-text.ts'
import { parseIdentifyCommand, runIdentifyCommand } from './cli/identify-command.ts'
import { parseImportCommand, runImportCommand } from './cli/import-command.ts'
import { parsePushCommand, runPushCommand } from './cli/push-command.ts'
import { parseSweepCommand, runSweepCommand } from './cli/sweep-command.ts'
import { parseTokenCommand, runTokenCommand } from './cli/token-command.ts'
import { USAGE } from './cli/usage.ts'
import { UsageError } from './cli/usage-error.ts'
import type { Config } from './config/config.ts'
import { loadConfig } from './config/load.ts'
import { createChecker } from './composition/create-checker.ts'
import { createSweeper } from './composition/create-sweeper.ts'
import { loadSettings } from './config/load-settings.ts'
import type { Sources } from './config/sources.ts'
import { createImporter } from './composition/create-importer.ts'
import { openDataFolder } from './composition/data-folder.ts'
import { expectDataFolder } from './composition/expect-data-folder.ts'
import type { Importer } from './ingest/import/importer.ts'
import { AppError } from './lib/app-error.ts'
import { serve } from './server.ts'
import { createLogger } from './telemetry/logger.ts'
import { Metrics } from './telemetry/metrics.ts'
import { VERSION } from './version.ts'

const FOLDER_OPTIONS = { config: { type: 'string' }, data: { type: 'string' } } as const
const SERVE_OPTIONS = { ...FOLDER_OPTIONS, listen: { type: 'string' } } as const

/** How commands that speak to a server show themselves to it and to the user. */
const AGENT = { userAgent: `symgate/${VERSION}`, output: process.stderr }

/** Runs one command line and gives its exit code: 0 done, 1 failed, 2 wrong configuration or command line. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  try {
    return (await dispatch(argv)) ? 0 : 1
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    // What Node adds to «Unknown option» is of no use to anybody who has mistyped one.
    const plain = said.replace(/\. To specify a positional argument .*$/s, '; see symgate help')
    process.stderr.write(`symgate: ${plain}\n`)
    return isWrongUse(error) ? 2 : 1
  }
}

/** Resolves whether the command has done all that it was asked for. */
async function dispatch([command, ...args]: readonly string[]): Promise<boolean> {
  if (asksForHelp(args)) return print([USAGE.trimEnd()])
  switch (command) {
    case 'serve':
      await runServe(args)
      return true
    case 'token': {
      const parsed = parseTokenCommand(args)
      return print(
        await administer(
          load(parsed),
          (administration) => runTokenCommand(parsed, administration),
          // A token may be made before the first start.
          parsed.action === 'create' ? { folder: 'empty' } : {},
        ),
      )
    }
    case 'reindex': {
      const { values } = parseArgs({ args, options: FOLDER_OPTIONS })
      const { packages, strangers, cached } = await administer(
        load(values),
        (administration) => administration.reindex(),
        { isStoreNew: true },
      )
      return print([
        `${packages} packages, ${strangers} files of no package, ${cached} cached files`,
      ])
    }
    case 'import': {
      const command = parseImportCommand(args, process.cwd())
      return print(
        await administer(
          load(command),
          (administration) => runImportCommand(command, administration, process.stderr),
          { folder: 'new' },
        ).catch((error: unknown) => {
          // Whoever reads JSON reads there what stopped it.
          if (command.json && error instanceof Error && !isWrongUse(error))
            print([JSON.stringify({ error: error.message }, undefined, 2)])
          throw error
        }),
      )
    }
    case 'fetch': {
      const { lines, isGood } = await runFetchCommand(parseFetchCommand(args, process.env), AGENT)
      return print(lines) && isGood
    }
    case 'push': {
      const command = parsePushCommand(args, process.env)
      const { lines, isGood } = await runPushCommand(command, AGENT)
      return print(lines) && isGood
    }
    case 'check': {
      const parsed = parseCheckCommand(args)
      const { lines, isGood } = await administer(load(parsed), (administration) =>
        runCheckCommand(parsed, administration),
      )
      return print(lines) && isGood
    }
    case 'sweep': {
      const parsed = parseSweepCommand(args)
      return print(
        await administer(load(parsed), (administration) => runSweepCommand(parsed, administration)),
      )
    }
    case 'identify':
      return print(await runIdentifyCommand(parseIdentifyCommand(args)))
    case 'version':
    case '--version':
      return print([VERSION])
    case 'help':
    case '--help':
    case '-h':
      return print([USAGE.trimEnd()])
    default:
      throw new UsageError(
        `${command === undefined ? 'no command' : `unknown command ${JSON.stringify(command)}`}\n\n${USAGE}`,
      )
  }
}

/** Whether `--help` stands among the options; behind `--` it is a path. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const options = end === -1 ? args : args.slice(0, end)
  return options.includes('--help') || options.includes('-h')
}

async function runServe(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: SERVE_OPTIONS })
  const config = load(values)
  await serve(config, loadSettings(sourcesOf(values)), ({ url, firstToken }) => {
    const address = config.publicUrl ?? url
    print([
      `listening on ${url}`,
      ...(firstToken === undefined ? [] : firstStartText(address, firstToken)),
    ])
  })
}

/**
 * Does something to the data folder: through the server that runs on it, or under the folder's lock. Without a server it has to
 * be one that was used, unless `folder` allows an empty one, or one that is not there yet.
 */
async function administer<T>(
  config: Config,
  work: (administration: Administration) => Promise<T>,
  {
    folder = 'used',
    ...opening
  }: Parameters<typeof openDataFolder>[2] & { folder?: 'used' | 'empty' | 'new' } = {},
): Promise<T> {
  const client = new ControlClient(join(config.data, CONTROL_SOCKET))
  if (await client.isServed()) return await work(remoteAdministration(client))
  if (folder !== 'new') await expectDataFolder(config.data, { mayBeEmpty: folder === 'empty' })
  const log = createLogger(config.log.level === 'info' ? 'warn' : config.log.level)
  const data = await openDataFolder(config, log, opening)
  try {
    const parts = { metrics: new Metrics(() => []), log }
    const sweeper = createSweeper(config, data, parts)
    const checker = createChecker(config, data, parts)
    const importer = async (): Promise<Importer> => await createImporter(config, data, log)
    return await work(localAdministration({ ...data, importer, sweeper, checker }))
  } finally {
    await data.close()
  }
}

function load(flags: Sources['flags']): Config {
  return loadConfig(sourcesOf(flags))
}

function sourcesOf(flags: Sources['flags']): Sources {
  return { flags, env: process.env, cwd: process.cwd() }
}

function isWrongUse(error: unknown): boolean {
  if (error instanceof AppError)
    return error.code === 'config_invalid' || error.code === 'folder_in_use'
  if (error instanceof UsageError) return true
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}

function print(lines: readonly string[]): true {
  for (const line of lines) process.stdout.write(`${line}\n`)
  return true
}
