import type { NotifiedFile, PackageNotification } from './notification.ts'

/** A mail, but for who sends it to whom. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Says in a mail what became of a package: the verdict, the counts, and every file that needs a look. */
export function packageMail(notification: PackageNotification): Mail {
  const { package: pack, files, files_left_out: leftOut } = notification
  const counts = (
    [
      ['stored', pack.stored],
      ['duplicates', pack.duplicates],
      ['conflicts', pack.conflicts],
      ['skipped', pack.skipped],
      ['rejected', pack.rejected],
      ['alerts', pack.alerts],
    ] as const
  )
    .filter(([what, count]) => count > 0 || what === 'stored' || what === 'rejected')
    .map(([what, count]) => `${count} ${what}`)
    .join(', ')
  const facts = [
    ['Verdict', pack.published ? pack.verdict : `${pack.verdict}: nothing was published`],
    ['Tag', pack.tag],
    ['Product', pack.product],
    ['Version', pack.version],
    ['Comment', pack.comment],
    ['Files', counts],
    ['Reason', pack.error && `${pack.error.message} (${pack.error.code})`],
    ['Received', pack.received],
    ['Finished', pack.finished],
    ['Token', pack.token],
    ['Upload', pack.id],
  ].filter((fact): fact is [string, string] => typeof fact[1] === 'string')
  const rest = leftOut > 0 ? `… and ${leftOut} more` : ''
  return {
    subject: `symgate: ${pack.verdict}: ${pack.tag} (${counts})`,
    text: [
      ...facts.map(([what, value]) => `${what}: ${value}`),
      ...(files.length > 0
        ? ['', ...files.map((file) => `${file.path}: ${file.status}: ${why(file)}`)]
        : []),
      ...(rest === '' ? [] : [rest]),
      '',
    ].join('\n'),
    html: page(facts, files, rest),
  }
}

function page(
  facts: readonly (readonly [string, string])[],
  files: readonly NotifiedFile[],
  rest: string,
): string {
  const row = (cells: readonly string[], tag = 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag} align="left" valign="top">${escaped(cell)}</${tag}>`).join('')}</tr>\n`
  const list =
    files.length === 0
      ? ''
      : `<table cellpadding="4">\n${row(['File', 'Status', 'Why'], 'th')}${files
          .map((file) => row([file.path, file.status, why(file)]))
          .join('')}</table>\n`
  return `<!doctype html>
<html><body>
<table cellpadding="4">
${facts.map((fact) => row(fact)).join('')}</table>
${list}${rest === '' ? '' : `<p>${escaped(rest)}</p>\n`}</body></html>
`
}

function why({ reason, alert }: NotifiedFile): string {
  return [reason, alert].filter((text) => text !== undefined).join('; ')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
