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

  /** Whether a Host header, with or without port, names this server. */
  has(host: string | undefined): boolean {
    if (this.areAll) return true
    const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host ?? '') ?? []
    return this.#hosts.has(name.toLowerCase())
  }
}
