import { expect, it } from 'vitest'
import { WebhookChannel } from '../../src/notify/webhook-channel.ts'

it('a webhook goes by its host, for its path may hold a secret, and two of one host are told apart', () => {
  const labels = ['T0/B0/s3cret', 'T0/B0/0ther'].map((path) => {
    const url = `https://hooks.example.com/services/${path}?key=s3cret`
    return new WebhookChannel({ url, secret: undefined, events: ['package'] }).label
  })
  expect(labels.join(' ')).not.toMatch(/s3cret|0ther|services/)
  expect(labels[0]).toMatch(/^https:\/\/hooks\.example\.com \([\da-f]{6}\)$/)
  expect(labels[0]).not.toBe(labels[1])
})
