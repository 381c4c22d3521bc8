import { readdir } from 'node:fs/promises'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/is-errno.ts'

/** Any of these is left by a server, or by whoever restores a backup. */
const MARKS: ReadonlySet<string> = new Set(['symgate.db', 'lock.db', 'symbols'])

/**
 * Fails with `config_invalid` when this is no data folder that a server or an import has used: in a new one all would
 * seem to be well. With `mayBeEmpty` one that is there and empty will do: its server is about to come.
 */
export async function expectDataFolder(
  data: string,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): Promise<void> {
  const names = await readdir(data).catch((cause: unknown) => {
    const why = isErrno(cause, 'ENOENT') ? 'there is none' : String(cause)
    throw wrongFolder(data, why, { cause })
  })
  if (names.some((name) => MARKS.has(name)) || (mayBeEmpty && names.length === 0)) return
  throw wrongFolder(data, 'no server has used it yet')
}

function wrongFolder(data: string, why: string, options?: ErrorOptions): AppError {
  return new AppError(
    'config_invalid',
    `the data folder ${data}: ${why}. Give the server's own by --data DIR or --config FILE; symgate serve makes a new one`,
    options,
  )
}
