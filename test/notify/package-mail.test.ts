import { expect, it } from 'vitest'
import type { PackageRecord } from '../../src/db/package-record.ts'
import { packageMail } from '../../src/notify/package-mail.ts'
import { packageNotification } from '../../src/notify/package-notification.ts'

const file = { alert: undefined, reason: undefined, size: 5, sha256: 'ab', storeKey: 'k', keys: [] }
const record: PackageRecord = {
  id: 'p1',
  tag: 'nightly <1>',
  product: 'Editor',
  version: undefined,
  comment: undefined,
  build: undefined,
  protected: false,
  verdict: 'failed',
  isPublished: true,
  tokenId: 'abcd',
  sentBytes: 9,
  error: undefined,
  receivedAtMs: 0,
  finishedAtMs: 1000,
  files: [
    { ...file, path: 'good.pdb', status: 'stored' },
    { ...file, path: 'odd.pdb', status: 'stored', alert: 'differs from the copy of msdl' },
    { ...file, path: 'other.pdb', status: 'conflict', reason: 'other bytes are hosted' },
    { ...file, path: '<b>.pdb', status: 'rejected', reason: 'the PDB is "cut" & bad' },
    { ...file, path: 'a.txt', status: 'skipped', reason: 'not a symbol file' },
  ],
}

it('a mail has the verdict, the tag and the counts in its subject', () => {
  const { subject } = packageMail(packageNotification(record))
  expect(subject).toBe(
    'symgate: failed: nightly <1> (2 stored, 1 conflicts, 1 skipped, 1 rejected, 1 alerts)',
  )
})

it('a mail lists what needs a look and why, rejected files first, as text and as HTML', () => {
  const { text, html } = packageMail(packageNotification(record))
  expect(text).toContain(
    [
      '<b>.pdb: rejected: the PDB is "cut" & bad',
      'odd.pdb: stored: differs from the copy of msdl',
      'other.pdb: conflict: other bytes are hosted',
    ].join('\n'),
  )
  expect(text).toContain('Product: Editor\n')
  expect(text).not.toContain('good.pdb')
  expect(text).not.toContain('a.txt')
  expect(html).toContain('&lt;b&gt;.pdb')
  expect(html).toContain('the PDB is &quot;cut&quot; &amp; bad')
  expect(html).not.toContain('<b>')
})

it('a mail about a refused package says why nothing was published', () => {
  const error = { code: 'archive_damaged', message: 'entry "a" is cut' }
  const refused = packageNotification({ ...record, isPublished: false, error, files: [] })
  const { subject, text } = packageMail(refused)
  expect(subject).toBe('symgate: failed: nightly <1> (0 stored, 0 rejected)')
  expect(text).toContain('Verdict: failed: nothing was published\n')
  expect(text).toContain('Reason: entry "a" is cut (archive_damaged)\n')
})

it('a notification lists a thousand files and counts the rest', () => {
  const files = Array.from({ length: 1200 }, (_, index) => ({
    ...file,
    path: `${index}`,
    status: 'rejected',
    reason: 'bad',
  }))
  const notification = packageNotification({ ...record, files })
  expect([notification.files.length, notification.files_left_out]).toEqual([1000, 200])
  expect(packageMail(notification).text).toContain('… and 200 more')
})
