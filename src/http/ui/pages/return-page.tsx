import { HtmlRoot } from '../components/html-root.tsx'

/** Sends the browser on to the page that it asked for, now from a page of ours. */
export function ReturnPage({ target }: { readonly target: string }) {
  return (
    <HtmlRoot>
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="refresh" content={`0; url=${target}`} />
        <title>symgate</title>
      </head>
      <body>
        <p>
          <a href={target}>Go on to symgate</a>
        </p>
      </body>
    </HtmlRoot>
  )
}
