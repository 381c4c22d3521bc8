import { UsageError } from './usage-error.ts'

/** The options of every command that speaks to a server as its users do. */
export const AGENT_OPTIONS = {
  server: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/** The server and token of a command: from its flags, or the environment where they are not given. */
export function agentServer(
  flags: { readonly server?: string | undefined; readonly token?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): { readonly url: string; readonly token: string | undefined } {
  const [name, text] =
    flags.server === undefined ? ['SYMGATE_URL', env['SYMGATE_URL']] : ['--server', flags.server]
  if (text === undefined || text === '') {
    throw new UsageError('which server? Give --server URL or set SYMGATE_URL')
  }
  if (!/^https?:\/\/./i.test(text) || !URL.canParse(text)) {
    throw new UsageError(`${name}: ${JSON.stringify(text)} is no http or https address`)
  }
  const { origin, pathname } = new URL(text)
  const token = flags.token ?? env['SYMGATE_TOKEN']
  return {
    url: origin + pathname.replace(/\/+$/, ''),
    token: token === '' ? undefined : token,
  }
}
