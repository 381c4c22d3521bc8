import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Networks } from '../lib/networks.ts'
import { plainAddress } from '../lib/plain-address.ts'

/** Proxies that one request is believed to have passed; a longer list is somebody's invention. */
const MAX_FORWARDS = 32

/** Who sent a request, as far as it can be believed. */
export interface Client {
  /** IP address; of the nearest proxy where nobody trusted says more. */
  readonly address: string
  /** Whether the request came over TLS, to the outermost trusted proxy or to us. */
  readonly isSecure: boolean
  /** The host (with port) that the client asked for, or undefined where it named none. */
  readonly host: string | undefined
  /** The host that the request itself names, whatever a proxy says. */
  readonly namedHost: string | undefined
}

/**
 * Who sent the request. What `X-Forwarded-For`, `-Proto` and `-Host` say counts only from a trusted proxy: of the
 * addresses the last that is no trusted proxy's, for everything before it can be invented.
 */
export function clientOf(
  { socket, headers, url }: Pick<IncomingMessage, 'socket' | 'headers' | 'url'>,
  trustedProxies: Networks,
): Client {
  const peer = plainAddress(socket.remoteAddress ?? '')
  const namedHost = authorityOf(url) ?? headers.host
  const direct = { address: peer, isSecure: 'encrypted' in socket, host: namedHost, namedHost }
  if (!trustedProxies.has(peer)) return direct
  const forwards = listOf(headers['x-forwarded-for']).slice(-MAX_FORWARDS).map(addressOf)
  const stranger = forwards.findLast((address) => !trustedProxies.has(address))
  const address = stranger ?? forwards[0] ?? peer
  const proto = listOf(headers['x-forwarded-proto']).at(-1)
  return {
    // What is no address says nothing, and must not pass for one.
    address: isIP(address) === 0 ? peer : address,
    isSecure: proto === undefined ? direct.isSecure : proto.toLowerCase() === 'https',
    host: listOf(headers['x-forwarded-host']).at(-1) ?? namedHost,
    namedHost,
  }
}

/** The host in an absolute-form target, before which a Host header counts for nothing (RFC 9112 §3.2.2). */
function authorityOf(target = ''): string | undefined {
  if (target.startsWith('/')) return undefined
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(target) ?? []
  return authority?.replace(/^.*@/, '')
}

function listOf(header: string | string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Some proxies write the port, too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressOf(text: string): string {
  const [, bracketed, ipv4] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? []
  return plainAddress(bracketed ?? ipv4 ?? text)
}
