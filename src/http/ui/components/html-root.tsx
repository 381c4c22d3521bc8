import { raw } from 'hono/html'
import type { PropsWithChildren } from 'hono/jsx'

/** The root of a page, with the doctype without which browsers draw as they did in 1998. */
export function HtmlRoot({ children }: PropsWithChildren) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">{children}</html>
    </>
  )
}
