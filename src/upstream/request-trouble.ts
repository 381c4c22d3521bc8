import type { UpstreamTrouble } from './upstream.ts'

/** Codes of errors that come when the connection stands already; all others are about making it. */
const WHEN_CONNECTED: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_SOCKET',
  'UND_ERR_INVALID_ARG',
  'TimeoutError',
  'HTTPParserError',
])

/** The trouble behind an error before the head of an answer: the host's, but where the request could not be written. */
export function requestTrouble(error: unknown): UpstreamTrouble {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return {
    kind: 'trouble',
    stage: WHEN_CONNECTED.has(code) || code.startsWith('HPE_') ? 'download' : 'connect',
    blame: code === 'UND_ERR_INVALID_ARG' ? 'file' : 'host',
    cause: code === '' ? message : `${code}: ${message}`,
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
