/** What the very first start says: the administrator's token, once, and lines to paste. */
export function firstStartText(url: string, token: string): readonly string[] {
  return [
    '',
    'First start. The administrator token, shown only now:',
    '',
    `    ${token}`,
    '',
    'It expires in 24 hours unless it is used before; then it stays.',
    '',
    'A symbol path for debuggers:',
    '',
    `    srv*C:\\Symbols*${url}`,
    '',
    'An upload (a zip, tar or tar.gz of symbol files, or one symbol file):',
    '',
    `    curl -H "Authorization: Bearer ${token}" --data-binary @symbols.zip "${url}/api/v1/uploads?tag=1.2.3"`,
    '',
    'The page:',
    '',
    `    ${url}/`,
    '',
  ]
}
