import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import { AppError } from '../lib/app-error.ts'
import { basicHeader } from './basic-header.ts'
import { guardedLookup } from './guarded-lookup.ts'
import type { NetworkSettings, ProxySettings } from './upstream-settings.ts'

/**
 * The connections of one upstream at `url`: its timeouts, its certificates, its proxy (CONNECT for https,
 * absolute-form for http), and the guard of private addresses, which lets through the upstream's own host.
 * Behind a proxy it is the proxy that resolves names. Throws `config_invalid` when `ca_file` cannot be read.
 */
export function createDispatcher(url: string, settings: NetworkSettings): Dispatcher {
  const { timeouts, proxy, caFile, allowPrivateAddresses } = settings
  const connect = {
    timeout: timeouts.connectMs ?? 0,
    // One connection for each request: a stream's flow control would let large bodies hold up small ones.
    allowH2: false,
    ...(caFile !== undefined && { ca: certificates(caFile) }),
  }
  const patience = {
    headersTimeout: timeouts.firstByteMs ?? 0,
    bodyTimeout: timeouts.idleMs ?? 0,
  }
  if (proxy !== undefined) {
    const token = proxyToken(proxy)
    return new ProxyAgent({
      ...patience,
      uri: proxy.url,
      requestTls: connect,
      proxyTls: connect,
      allowH2: false,
      ...(token !== undefined && { token }),
    })
  }
  const guard = allowPrivateAddresses ? {} : { lookup: guardedLookup(new URL(url).hostname) }
  return new Agent({ ...patience, connect: { ...connect, ...guard } })
}

function certificates(file: string): string[] {
  try {
    return [...getCACertificates('default'), readFileSync(file, 'utf8')]
  } catch (cause) {
    throw new AppError('config_invalid', `ca_file ${file} cannot be read: ${String(cause)}`, {
      cause,
    })
  }
}

function proxyToken({ username, password }: ProxySettings): string | undefined {
  return username === undefined ? undefined : basicHeader(username, password ?? '')
}
