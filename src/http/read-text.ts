import { AppError } from '../lib/app-error.ts'

/** The whole body as text, held in memory; none is empty. Fails with `limit_exceeded` when it is larger than that. */
export async function readText({ body }: Request, maxBytes: number): Promise<string> {
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBytes)
      throw new AppError('limit_exceeded', `the body is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
