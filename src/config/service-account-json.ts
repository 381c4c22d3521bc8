import * as z from 'zod'

/** What is read of a Google service account's key; the rest is carried along. */
const key = z.looseObject({ client_email: z.string().min(1), private_key: z.string().min(1) })

/** A service account's key, written as JSON text or as the same keys in YAML, as JSON text; undefined for anything else. */
export function serviceAccountJson(value: unknown): string | undefined {
  const parsed = key.safeParse(typeof value === 'string' ? parse(value) : value)
  return parsed.success ? JSON.stringify(parsed.data) : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
