import type { ServerResponse } from 'node:http'

/** Proxies drop a connection that is silent for 30–60 s. */
const INTERVAL_MS = 10_000

const JSON_TYPE = {
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
}

/** A JSON answer that sends white space ahead of itself while it takes long. */
export class Heartbeat {
  readonly #response: ServerResponse
  #timer: NodeJS.Timeout | undefined

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** From now on the answer will be a 200, and may begin before it is known. */
  start(): void {
    this.#timer = setInterval(() => {
      if (!this.#response.headersSent)
        this.#response.writeHead(200, { ...JSON_TYPE, 'cache-control': 'no-store' })
      this.#response.write(' ')
    }, INTERVAL_MS)
  }

  /** Sends the answer; status and headers count unless it has begun. The response is still to be ended. */
  finish(status: number, headers: Readonly<Record<string, string>>, body: object): void {
    clearInterval(this.#timer)
    const text = `${JSON.stringify(body)}\n`
    if (!this.#response.headersSent) {
      const length = Buffer.byteLength(text)
      this.#response.writeHead(status, {
        'cache-control': 'no-store',
        ...headers,
        ...JSON_TYPE,
        'content-length': length,
      })
    }
    this.#response.write(text)
  }
}
