import type { PropsWithChildren } from 'hono/jsx'

/** A sentence about what was done or could not be done, which screen readers read out. */
export function Notice({
  tone,
  children,
}: PropsWithChildren<{ readonly tone: 'good' | 'bad' | 'warn' }>) {
  return (
    <div class={`notice ${tone}`} role={tone === 'good' ? 'status' : 'alert'}>
      {children}
    </div>
  )
}
