import { execFile } from 'node:child_process'

/** What curl got for one request. */
export interface CurlAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
  /** curl's own exit code: 18 is a cut body, 56 a reset connection. */
  readonly exit: number
}

/** Runs curl, the client that users paste. Header names come in lower case. */
export function curl(...args: readonly string[]): Promise<CurlAnswer> {
  return new Promise((resolve, reject) => {
    execFile(
      'curl',
      ['--silent', '--include', '--max-time', '120', ...args],
      { encoding: 'buffer', maxBuffer: 1 << 30 },
      (error, stdout) => {
        const exit = error === null ? 0 : error.code
        if (typeof exit !== 'number') return reject(error)
        resolve({ exit, ...parse(stdout) })
      },
    )
  })
}

function parse(output: Buffer): Omit<CurlAnswer, 'exit'> {
  let rest = output
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    const head = (end < 0 ? rest : rest.subarray(0, end)).toString('latin1')
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0)
    const body = end < 0 ? Buffer.alloc(0) : rest.subarray(end + 4)
    // `100 Continue` comes before the answer.
    if (status === 100) {
      rest = body
      continue
    }
    const headers = new Map(
      head
        .split('\r\n')
        .slice(1)
        .map(
          (line) =>
            [
              line.slice(0, line.indexOf(':')).toLowerCase(),
              line.slice(line.indexOf(':') + 1).trim(),
            ] as const,
        ),
    )
    return { status, headers, body }
  }
}
