import { request } from 'node:http'
import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'
import { socketPath } from '../lib/socket-path.ts'

const refusal = z.object({ error: z.object({ message: z.string() }) })

/** Speaks to the server that runs on a data folder. */
export class ControlClient {
  readonly #path: string

  constructor(path: string) {
    this.#path = socketPath(path)
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

  /** Makes a request and gives the JSON of its answer; an error of the server becomes one here. */
  async call(method: string, path: string, body?: object): Promise<unknown> {
    const { status, text } = await this.#exchange(method, path, body)
    const answer: unknown = JSON.parse(text)
    if (status < 400) return answer
    const { error } = refusal.parse(answer)
    throw new AppError('command_failed', error.message)
  }

  #exchange(
    method: string,
    path: string,
    body: object | undefined,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const call = request({
        socketPath: this.#path,
        method,
        path,
        headers: { 'content-type': 'application/json' },
      })
      call.once('error', reject)
      call.once('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
        response.once('error', reject)
      })
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}
