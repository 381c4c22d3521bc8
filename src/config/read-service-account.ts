import { readFileSync } from 'node:fs'
import { configError } from './config-error.ts'
import { serviceAccountJson } from './service-account-json.ts'

/** The key of a Google service account in a file, as JSON text; throws `config_invalid` where there is none. */
export function readServiceAccount(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw configError(`service_account_file ${path} cannot be read: ${String(cause)}`, { cause })
  }
  const json = serviceAccountJson(text)
  if (json !== undefined) return json
  throw configError(
    `service_account_file ${path} holds something else; allowed: the JSON key of a Google service account`,
  )
}
