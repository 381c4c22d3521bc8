import type { PropsWithChildren } from 'hono/jsx'
import { HtmlRoot } from './html-root.tsx'

/** The frame of every page: head, styles and scripts, all from this server. */
export function Document({ title, children }: PropsWithChildren<{ readonly title: string }>) {
  return (
    <HtmlRoot>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="same-origin" />
        <title>{`${title} · symgate`}</title>
        <link rel="icon" href="/ui/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/ui/assets/style.css" />
        <script type="module" src="/ui/assets/page.js" />
      </head>
      <body>{children}</body>
    </HtmlRoot>
  )
}
