import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { curl } from '../helpers/curl.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A row of the table «Bad requests»: what is sent, and the status that comes back. */
interface Row {
  readonly request: string
  readonly sent: string
  readonly status: string
}

const DOC = new URL('../../docs/clients.md', import.meta.url)

function rows(): readonly Row[] {
  const text = readFileSync(DOC, 'utf8')
  const section = text.slice(text.indexOf('## Bad requests')).split('\n## ')[0] ?? ''
  const found = [...section.matchAll(/^\| [^|`]+ \| `([^`]+)` \|([^|]*)\| (\d{3}) \|/gm)]
  return found.map(([, request = '', sent = '', status = '']) => ({ request, sent, status }))
}

function write(bytes: Buffer): string {
  const file = join(tempDir(), 'body')
  writeFileSync(file, bytes)
  return file
}

it('every row of the table of bad requests is answered as it says', async () => {
  const server = await startServer({ config: { limits: { upload_size: '1MiB' } } })
  const words = new Map<string, string>([
    ['<upload>', await createToken(server, 'upload')],
    ['<download>', await createToken(server, 'download')],
    ['<admin>', server.adminToken],
    ['<33 zeros>', '0'.repeat(33)],
    ['<300 letters>', 'n'.repeat(300)],
    ['<GUID>', '497B72F6390A44FC878E5A2D63B6CC4B'],
    ['<build-id>', 'ab'.repeat(20)],
  ])
  const bodies = new Map<string, Buffer>([
    ['a text', Buffer.from('hello\n')],
    ['a cut zip', makeZip([{ name: 'a.pdb', data: 'x'.repeat(5000) }]).subarray(0, 60)],
    ['2 MiB', Buffer.alloc(2 << 20)],
    ['`{`', Buffer.from('{')],
    ['`{}`', Buffer.from('{}')],
  ])
  const filled = (text: string): string =>
    [...words].reduce((all, [word, value]) => all.replaceAll(word, value), text)
  const table = rows()
  expect(table.length).toBeGreaterThan(30)
  const seen: Row[] = []
  for (const row of table) {
    const [method = '', target = ''] = filled(row.request).split(' ')
    const headers = [...filled(row.sent).matchAll(/`([\w-]+: [^`]+)`/g)].flatMap(
      ([, header = '']) => ['-H', header],
    )
    const [, body] = [...bodies].find(([word]) => row.sent.includes(word)) ?? []
    const args = ['--path-as-is', '--globoff', '-X', method, ...headers]
    if (method === 'HEAD') args.push('--head')
    const { status } =
      body === undefined
        ? await curl(...args, server.url + target)
        : await curl(...args, '--data-binary', `@${write(body)}`, server.url + target)
    seen.push({ ...row, status: String(status) })
  }
  expect(seen).toEqual(table)
})
