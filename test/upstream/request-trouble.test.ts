import { expect, it } from 'vitest'
import { requestTrouble } from '../../src/upstream/request-trouble.ts'

it.each([
  ['ECONNREFUSED', 'host'],
  ['EMFILE', 'beyond'],
  ['ENFILE', 'beyond'],
  ['EPRIVATEADDRESS', 'file'],
])('%s is held against the %s', (code, blame) => {
  const error = Object.assign(new Error('connect failed'), { code })
  expect(requestTrouble(error, false)).toMatchObject({ kind: 'trouble', stage: 'connect', blame })
})
