import type { TroubleReason, UpstreamTrouble } from './upstream.ts'

/** Codes of errors that come when the connection stands already; all others are about making it. */
const WHEN_CONNECTED: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_SOCKET',
  'UND_ERR_INVALID_ARG',
  'TimeoutError',
  'HTTPParserError',
])

/** This machine has no file, memory or port for another connection: no fault of whoever was to be asked. */
const OWN: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'EADDRNOTAVAIL'])

/**
 * The trouble behind an error before the head of an answer: the host's, but where the request could not be
 * written or led to a private address, or this machine could not connect.
 */
export function requestTrouble(error: unknown, isProxied: boolean): UpstreamTrouble {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  const isConnected = WHEN_CONNECTED.has(code) || code.startsWith('HPE_')
  const reason = reasonOf(code, message, isProxied && !isConnected)
  return {
    kind: 'trouble',
    stage: isConnected && reason !== 'proxy' ? 'download' : 'connect',
    blame: blameOf(code, reason),
    cause: code === '' ? message : `${code}: ${message}`,
    reason,
  }
}

function blameOf(code: string, reason: TroubleReason): UpstreamTrouble['blame'] {
  if (OWN.has(code)) return 'beyond'
  return reason === 'request' || code === 'EPRIVATEADDRESS' ? 'file' : 'host'
}

function reasonOf(code: string, message: string, isAtProxy: boolean): TroubleReason {
  // undici says in words alone that a proxy has refused, and gives a code for another purpose.
  if (/\bproxy\b/i.test(message)) return 'proxy'
  if (code === 'UND_ERR_INVALID_ARG') return 'request'
  if (/CERT|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO$|^UNABLE_TO_/.test(code)) return 'tls'
  if (code === 'HTTPParserError' || code.startsWith('HPE_')) return 'answer'
  // All connections are to the proxy then, and it is the proxy that finds the upstream.
  if (isAtProxy) return 'proxy'
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'name_resolution' : 'connection'
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
