import { AppError } from '../../lib/app-error.ts'

/** Servers without a name that can have the same host. */
const MAX_SAME_HOST = 100

/**
 * The name of a server that is added: the given one in the letters that names have here, or the host of its
 * address, with a number behind it where that is taken.
 */
export function serverName(
  {
    name,
    url,
  }: { readonly name?: string | null | undefined; readonly url?: string | null | undefined },
  isTaken: (name: string) => boolean,
): string {
  const given = name ? inOurLetters(name) : ''
  if (given !== '') return given
  const host = inOurLetters(URL.parse(url ?? '')?.hostname ?? '')
  if (host === '')
    throw new AppError('request_invalid', 'url is missing; allowed: an http or https URL')
  const names = [
    host,
    ...Array.from({ length: MAX_SAME_HOST }, (_, index) => `${host}-${index + 2}`),
  ]
  const free = names.find((candidate) => !isTaken(candidate))
  if (free === undefined)
    throw new AppError('name_taken', `there are too many servers at ${host}; give this one a name`)
  return free
}

function inOurLetters(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
}
