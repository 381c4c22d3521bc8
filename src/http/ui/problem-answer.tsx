import type { Context } from 'hono'
import { ProblemPage } from './pages/problem-page.tsx'

/** The page that says what went wrong, with its status. */
export async function problemAnswer(
  context: Context,
  status: number,
  message: string,
): Promise<Response> {
  const title = status === 404 ? 'Not found' : 'Not done'
  const sentence = message.charAt(0).toUpperCase() + message.slice(1)
  const page = (
    <ProblemPage title={title} message={/[.!?]$/.test(sentence) ? sentence : `${sentence}.`} />
  )
  const { body, headers } = await context.html(page)
  return new Response(body, { status, headers })
}
