import { request } from 'node:http'
import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'
import { socketPath } from '../lib/socket-path.ts'

/** The socket's name in the data folder. */
export const CONTROL_SOCKET = 'control.sock'

const refusal = z.object({ error: z.object({ message: z.string() }) })

/** Speaks to the server that runs on a data folder. */
export class ControlClient {
  readonly #path: string
  #address: string | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Whether a server answers on this socket. */
  async isServed(): Promise<boolean> {
    try {
      await this.call('GET', '/tokens')
      return true
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ECONNREFUSED')) return false
      throw error
    }
  }

  /**
   * Makes a request and gives the JSON of its answer; an error of the server becomes one here. Of an
   * answer of several lines the last one counts, and `told` gets the others.
   */
  async call(
    method: string,
    path: string,
    body?: object,
    told: (soFar: unknown) => void = () => {},
  ): Promise<unknown> {
    const { status, text } = await this.#exchange(method, path, body, (line) => told(parsed(line)))
    const answer = parsed(text)
    const { data } = refusal.safeParse(answer)
    if (status < 400 && answer !== undefined && data === undefined) return answer
    const what = `the server on ${this.#path} gave an answer of status ${status} that is no JSON`
    throw new AppError('command_failed', data?.error.message ?? what)
  }

  async #exchange(
    method: string,
    path: string,
    body: object | undefined,
    line: (text: string) => void,
  ): Promise<{ status: number; text: string }> {
    // Only now: the folder of the socket may not be there yet.
    this.#address ??= socketPath(this.#path)
    return await new Promise((resolve, reject) => {
      const call = request({
        socketPath: this.#address,
        method,
        path,
        headers: { 'content-type': 'application/json' },
      })
      call.once('error', reject)
      call.once('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          const [first = '', ...rest] = chunk.split('\n')
          text += first
          for (const next of rest) {
            line(text)
            text = next
          }
        })
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
        response.once('error', reject)
      })
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
