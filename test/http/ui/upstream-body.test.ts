import { describe, expect, it } from 'vitest'
import { upstreamBody } from '../../../src/http/ui/upstream-body.ts'

describe('upstreamBody', () => {
  it('leaves out of a new upstream what nobody filled in, and what its type does not have', () => {
    const form = {
      name: 'a',
      url: ' http://a ',
      bucket: 'not of this type',
      priority: '',
      public: 'on',
      'timeouts.connect': '5s',
      'timeouts.idle': '',
    }
    expect(upstreamBody(form, 'http', true)).toEqual({
      name: 'a',
      type: 'http',
      url: 'http://a',
      allow_private_addresses: false,
      public: true,
      allowlist_enabled: false,
      require_checksum: false,
      timeouts: { connect: '5s' },
    })
  })

  it('takes back what was emptied, but no secret', () => {
    const body = upstreamBody({ url: 'http://a', priority: '' }, 'http', false)
    expect(body).toMatchObject({ priority: null, timeouts: null, proxy: null })
    expect(body).not.toHaveProperty('credentials')
  })

  it('leaves credentials and proxy alone that nobody has touched', () => {
    const shown = {
      'credentials.username': 'me',
      'credentials.before': '{"username":"me"}',
      'proxy.url': 'http://proxy',
      'proxy.before': '{"url":"http://proxy"}',
    }
    const untouched = upstreamBody(shown, 'http', false)
    expect(untouched).not.toHaveProperty('credentials')
    expect(untouched).not.toHaveProperty('proxy')
    const changed = upstreamBody({ ...shown, 'credentials.password': 'new' }, 'http', false)
    expect(changed).toMatchObject({ credentials: { username: 'me', password: 'new' } })
    const removed = upstreamBody({ ...shown, 'credentials.remove': 'on' }, 'http', false)
    expect(removed).toMatchObject({ credentials: null })
  })
})
