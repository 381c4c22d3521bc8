import { isIP } from 'node:net'
import type { Client } from './client-of.ts'

/**
 * The names under which the server answers: a page of a stranger whose own name has been made to point here must not
 * read what only this network may (DNS rebinding).
 */
export class KnownHosts {
  readonly #hosts: ReadonlySet<string>

  /** Host names and addresses, without ports; none: every one. */
  constructor(hosts: readonly string[]) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()))
  }

  /** Whether every name is this server's. */
  get areAll(): boolean {
    return this.#hosts.size === 0
  }

  /**
   * Whether a request is for this server, by the host that the client asked for, with or without port. Where a proxy
   * says which that was, the host of the request itself counts too, for proxies pass on what a client says in their place.
   */
  have({ host, namedHost }: Pick<Client, 'host' | 'namedHost'>): boolean {
    if (this.areAll) return true
    if (!this.#hosts.has(nameOf(host))) return false
    return host === namedHost || isInside(nameOf(namedHost)) || this.#hosts.has(nameOf(namedHost))
  }
}

/** Without the port, in lower case; nothing for what is no host. */
function nameOf(host = ''): string {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host) ?? []
  return name.toLowerCase()
}

/** Whether this is what a proxy calls the server by: an address, or a name without a dot, which no stranger can own. */
function isInside(name: string): boolean {
  return !name.includes('.') || isIP(name) !== 0
}
