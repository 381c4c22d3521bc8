import { pino, type Logger as PinoLogger } from 'pino'

/** The structured log of the server. Messages are constant phrases, facts are fields. */
export type Logger = PinoLogger

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Makes the JSON-lines logger on stderr, so that stdout keeps to what a command prints. */
export function createLogger(level: LogLevel): Logger {
  const destination = pino.destination({ dest: 2, sync: false })
  // A log that cannot be written, on a full disk for one, is no reason to stop serving.
  destination.on('error', () => {})
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
}
