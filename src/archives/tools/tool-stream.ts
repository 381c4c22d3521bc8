import { spawn } from 'node:child_process'
import { pipeline, Readable } from 'node:stream'
import { AppError } from '../../lib/app-error.ts'
import { isErrno } from '../../lib/is-errno.ts'
import { asError } from '../as-error.ts'
import { complaintOf } from './complaint-of.ts'
import type { ToolEnd } from './tool-end.ts'

const CHUNK_BYTES = 256 * 1024

/** A program that neither writes nor waits for input or for its reader is taken for stuck. */
const IDLE_MS = 60_000

export interface ToolOptions {
  readonly program: string
  readonly args: readonly string[]
  /** What the program reads from its stdin; nothing when not given. */
  readonly input?: Readable
  /** Sees each chunk before it is let through, with all the input taken so far; what it throws fails the stream. */
  readonly check: (chunk: Buffer, inputBytes: number) => void
  /** The error to fail with when the program has not ended with status 0. */
  readonly failure: (end: ToolEnd) => Promise<Error>
}

/**
 * Streams what a program writes to stdout; ends only when the program has ended well. Fails with
 * `limit_exceeded` when the program does nothing for a minute, with the input's own error, or with what
 * `failure` and `check` say. The program is killed, and the input destroyed, when the stream is
 * destroyed or fails.
 */
export function toolStream({ program, args, input, check, failure }: ToolOptions): Readable {
  const child = spawn(program, args, {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const { stdin, stdout, stderr } = child
  const complaint = complaintOf(stderr)
  let inputEnded = false
  let idle: NodeJS.Timeout | undefined

  const output = new Readable({
    highWaterMark: CHUNK_BYTES,
    read() {
      watch()
      stdout?.resume()
    },
    destroy(error, done) {
      clearTimeout(idle)
      child.kill('SIGKILL')
      input?.destroy()
      done(error)
    },
  })
  output.on('error', () => {}) // a reader who is away must not take the process down

  function watch(): void {
    clearTimeout(idle)
    idle = setTimeout(() => {
      if (stdin !== null && !inputEnded && stdin.writableLength === 0) return watch() // it waits for us
      output.destroy(
        new AppError('limit_exceeded', `${program} did nothing for ${IDLE_MS / 1000} s`),
      )
    }, IDLE_MS)
  }

  if (input !== undefined && stdin !== null) {
    pipeline(input, stdin, (error) => {
      inputEnded = true
      // When the program stops reading, its status tells why; everything else is the input's own failure.
      const isPipe = isErrno(error, 'EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE')
      if (error instanceof Error && !isPipe) output.destroy(error)
    })
  }
  stdout?.on('data', (chunk: Buffer) => {
    clearTimeout(idle)
    try {
      check(chunk, stdin === null ? 0 : inputBytes(stdin))
    } catch (error) {
      output.destroy(asError(error))
      return
    }
    if (output.push(chunk)) watch()
    else stdout.pause()
  })
  child.once('error', (error) => output.destroy(error))
  child.once('close', (code, signal) => {
    clearTimeout(idle)
    if (output.destroyed) return
    if (code === 0) {
      output.push(null)
      return
    }
    failure({ code, signal, complaint: complaint() }).then(
      (error) => output.destroy(error),
      (error: unknown) => output.destroy(asError(error)),
    )
  })
  return output
}

function inputBytes(stdin: object): number {
  return 'bytesWritten' in stdin && typeof stdin.bytesWritten === 'number' ? stdin.bytesWritten : 0
}
