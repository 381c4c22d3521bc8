import { AppError } from '../../lib/app-error.ts'

/** The flag of this name, false when it is absent; fails with `request_invalid` for anything but 1, 0, true and false. */
export function uploadFlag(parameters: URLSearchParams, name: string): boolean {
  const value = parameters.get(name)
  if (value === null || value === '0' || value === 'false') return false
  if (value === '1' || value === 'true' || value === '') return true
  throw new AppError(
    'request_invalid',
    `parameter ${name}: ${JSON.stringify(value)} is neither 1 nor 0`,
  )
}
