import type * as z from 'zod'
import { describeValue } from '../../lib/describe-value.ts'
import { valueAt } from '../../lib/value-at.ts'

/** The one line about a wrong request: the field, what was found, what is allowed. */
export function describeFault(issue: z.core.$ZodIssue, input: unknown): string {
  const field = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...issue.path.map(String), issue.keys[0] ?? ''].join('.')
    return `there is no field ${describeValue(unknown)}`
  }
  const value = valueAt(input, issue.path)
  const found = value === undefined ? 'is missing' : `is ${describeValue(value)}`
  return `${field === '' ? 'the body' : field} ${found}; allowed: ${allowed(issue)}`
}

function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String).filter(Boolean).join(', ')
    case 'invalid_type':
      return issue.expected
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`
    default:
      return issue.message
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' entries' : ''
}
