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
  #delay: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout | undefined
  #isFinished = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /**
   * From now on the answer may begin before it is known, then with status 200: after `delayMs`, and again
   * every ten seconds. May be called again for an earlier beginning.
   */
  start(delayMs: number): void {
    if (this.#isFinished) return
    clearTimeout(this.#delay)
    this.#delay = setTimeout(() => {
      clearInterval(this.#timer)
      this.#beat()
      this.#timer = setInterval(() => this.#beat(), INTERVAL_MS)
    }, delayMs)
  }

  /** Sends the answer; status and headers count unless it has begun. The response is still to be ended. */
  finish(status: number, headers: Readonly<Record<string, string>>, body: object): void {
    this.#isFinished = true
    clearTimeout(this.#delay)
    clearInterval(this.#timer)
    // Whoever has been sent a 200 already must find the true status somewhere.
    const isLate = this.#response.headersSent && status !== 200
    const text = `${JSON.stringify(isLate ? { ...body, status } : body)}\n`
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

  #beat(): void {
    if (!this.#response.headersSent)
      this.#response.writeHead(200, { ...JSON_TYPE, 'cache-control': 'no-store' })
    this.#response.write(' ')
  }
}
