import type { IncomingMessage } from 'node:http'

/** When SymProxy answers, as symsrv gives up after 30 s (protocol.md §1.9). */
const USUAL_MS = 25_000

/** An answer needs some time to arrive. */
const MARGIN_MS = 2000

/** Milliseconds in which a debugger has to be answered: what it announces less a margin, or 25 s. */
export function patience({ headers }: IncomingMessage): number {
  const announced = headers['symbol-agent-receive-timeout']
  if (typeof announced !== 'string' || !/^[1-9]\d{0,8}$/.test(announced)) return USUAL_MS
  const timeoutMs = Number(announced)
  return timeoutMs - Math.min(MARGIN_MS, timeoutMs / 10)
}
