import * as z from 'zod'
import { leaf } from './leaf.ts'
import { leaves } from './leaves.ts'

const smtp = leaf(
  'smtp://HOST:PORT or smtps://HOST:PORT, with user:password@ if need be',
  (value) =>
    typeof value === 'string' && /^smtps?:\/\/[^/\s?#]+\/?$/i.test(value) && URL.canParse(value)
      ? value
      : undefined,
)

/** A mail address, with or without a name; a line break in it would make headers of its own. */
const address = leaf('a mail address, such as "symgate <symgate@example.com>"', (value) =>
  typeof value === 'string' && /^[^@]+@[^@\s]+$/.test(value) && !/\p{Cc}/u.test(value)
    ? value
    : undefined,
)

const webhookUrl = leaf('an http or https URL', (value) =>
  typeof value === 'string' && /^https?:\/\/[^\s#]+$/i.test(value) && URL.canParse(value)
    ? value
    : undefined,
)

const email = z.strictObject({
  smtp,
  from: address,
  to: z.array(address).min(1, { error: 'a list of at least one mail address' }),
  on: z.enum(['failed', 'always']).prefault('failed'),
  tags: z.array(leaves.text).prefault(['*']),
})

const webhook = z.strictObject({
  url: webhookUrl,
  secret: leaves.secretText.optional(),
  events: z.array(z.enum(['package', 'symbol.found'])).prefault(['package', 'symbol.found']),
})

/** Schema of `notify`: who is told of packages. */
export const notifySchema = z.strictObject({
  email: z.array(email).prefault([]),
  webhook: z.array(webhook).prefault([]),
})
