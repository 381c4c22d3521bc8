import { spawnSync } from 'node:child_process'
import { findTools } from './find-tools.ts'

/** One module as sentry-cli sees it, in symgate's spelling. */
interface SentryIds {
  readonly debugId: string
  readonly codeId: string | undefined
}

const DEBUG_ID = /^(?<guid>[\da-f-]{36})(?:-(?<age>[\da-f]+))?$/

/**
 * Gives what `sentry-cli difutil id` says of a file, one row for each slice and none where it
 * knows none; undefined, with a line on stderr, where sentry-cli is not installed.
 */
export function openSentryCli(): ((path: string) => readonly SentryIds[]) | undefined {
  const tools = findTools('sentry-cli')
  if (tools === undefined) return undefined
  return (path) => {
    // It ends with 1 for files that Sentry has no use for, and still gives their ids; none for other formats.
    const { stdout } = spawnSync(tools['sentry-cli'], ['difutil', 'id', '--json', path], {
      encoding: 'utf8',
    })
    const { variants } = JSON.parse(stdout === '' ? '{"variants":[]}' : stdout) as {
      variants: readonly { debug_id: string; code_id: string | null }[]
    }
    return variants.map(({ debug_id, code_id }) => {
      const { guid = '', age = '0' } = DEBUG_ID.exec(debug_id)?.groups ?? {}
      return {
        debugId: guid.replaceAll('-', '').toUpperCase() + age,
        codeId: code_id ?? undefined,
      }
    })
  }
}
