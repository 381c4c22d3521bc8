import { AppError } from '../lib/app-error.ts'

/** The error of a wrong configuration. Its message is one line, whatever the texts it is made of hold. */
export function configError(message: string, options?: ErrorOptions): AppError {
  return new AppError(
    'config_invalid',
    message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(),
    options,
  )
}
