import type { Child, PropsWithChildren } from 'hono/jsx'
import { Action } from './action.tsx'

/** An action that cannot be taken back: its button opens the question first. */
export function ConfirmedAction({
  label,
  question,
  children,
  small = true,
  ...action
}: PropsWithChildren<{
  readonly label: Child
  readonly question: string
  readonly to: string
  readonly csrf: string
  readonly fields?: Readonly<Record<string, string>>
  readonly small?: boolean
}>) {
  return (
    <details class="confirm">
      <summary class={small ? 'button small' : 'button'}>{label}</summary>
      <div class="confirm-box">
        <p>{question}</p>
        <Action {...action} look="small danger">
          {children}
        </Action>
      </div>
    </details>
  )
}
