import * as z from 'zod'

/**
 * Schema of one value. `parse` turns what was written (a YAML scalar, or the text of a variable or flag) into the
 * value, or undefined when it is not allowed; `allowed` says what is, and is the message of the issue then.
 */
export function leaf<T>(allowed: string, parse: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const parsed = parse(value)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: allowed })
    return z.NEVER
  })
}
