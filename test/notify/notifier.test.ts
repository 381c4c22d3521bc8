import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { NotificationTable } from '../../src/db/notification-table.ts'
import type { PackageRecord } from '../../src/db/package-record.ts'
import type { Channel } from '../../src/notify/channel.ts'
import type { Notification } from '../../src/notify/notification.ts'
import { Notifier } from '../../src/notify/notifier.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { fillDisk, testDatabase } from '../helpers/test-database.ts'

function record(id: string): PackageRecord {
  return {
    id,
    tag: 'anon',
    product: undefined,
    version: undefined,
    comment: undefined,
    build: undefined,
    protected: false,
    verdict: 'good',
    isPublished: true,
    tokenId: 'abcd',
    sentBytes: undefined,
    error: undefined,
    receivedAtMs: 1,
    finishedAtMs: 2,
    files: [],
  }
}

class TestChannel implements Channel {
  readonly kind = 'webhook'
  readonly label: string
  readonly key: string
  readonly sent: string[] = []
  failures = 0

  constructor(name: string) {
    this.label = name
    this.key = name
  }

  wants({ event }: Notification): boolean {
    return event === 'package'
  }

  async send(notification: Notification): Promise<void> {
    if (this.failures-- > 0) throw new Error('not today')
    this.sent.push(notification.package?.id ?? '')
  }

  close(): void {}
}

function setUp(database = testDatabase()) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const table = new NotificationTable(database)
  const metrics = new Metrics(() => [])
  const start = (...channels: Channel[]): Notifier => {
    const notifier = new Notifier({ table, metrics, log: createLogger('silent'), channels })
    notifier.start()
    return notifier
  }
  return { database, table, metrics, start }
}

describe('notifications', () => {
  it('go out by every channel that wants them, in order', async () => {
    const { table, start } = setUp()
    const [one, two] = [new TestChannel('one'), new TestChannel('two')]
    const notifier = start(one, two)
    for (const id of ['p1', 'p2', 'p3']) notifier.packageFinished(record(id), [])
    await vi.advanceTimersByTimeAsync(0)
    expect([one.sent, two.sent]).toEqual([
      ['p1', 'p2', 'p3'],
      ['p1', 'p2', 'p3'],
    ])
    expect([table.count('sent'), table.count('waiting')]).toEqual([6, 0])
  })

  it('do not tell of the packages of an import', async () => {
    const { start } = setUp()
    const channel = new TestChannel('one')
    start(channel).packageFinished({ ...record('p1'), tokenId: undefined }, [])
    await vi.advanceTimersByTimeAsync(0)
    expect(channel.sent).toEqual([])
  })

  it('are tried again with growing pauses, while others by the same channel go out', async () => {
    const { table, start, metrics } = setUp()
    const channel = new TestChannel('one')
    channel.failures = 3
    const notifier = start(channel)
    notifier.packageFinished(record('p1'), [])
    await vi.advanceTimersByTimeAsync(999)
    expect(table.list(1e9, 9)).toMatchObject([
      { state: 'waiting', attempts: 1, error: 'not today' },
    ])
    await vi.advanceTimersByTimeAsync(1)
    expect(table.list(1e9, 9)).toMatchObject([{ attempts: 2 }])
    await vi.advanceTimersByTimeAsync(4000)
    expect(table.list(1e9, 9)).toMatchObject([{ attempts: 3 }])
    notifier.packageFinished(record('p2'), [])
    await vi.advanceTimersByTimeAsync(0)
    expect(channel.sent).toEqual(['p2'])
    await vi.advanceTimersByTimeAsync(16_000)
    expect(channel.sent).toEqual(['p2', 'p1'])
    const { values } = await metrics.notifications.get()
    const told = values.filter(({ value }) => value > 0)
    expect(told.map(({ labels, value }) => [labels.outcome, value])).toEqual([
      ['failed', 3],
      ['sent', 2],
    ])
  })

  it('are given up after a day', async () => {
    const { table, start } = setUp()
    const channel = new TestChannel('one')
    channel.failures = Infinity
    start(channel).packageFinished(record('p1'), [])
    await vi.advanceTimersByTimeAsync(23 * 3_600_000)
    expect(table.count('waiting')).toBe(1)
    await vi.advanceTimersByTimeAsync(3 * 3_600_000)
    expect(table.list(1e9, 9)).toMatchObject([{ state: 'given_up', error: 'not today' }])
  })

  it('outlive a restart, unless their channel is gone', async () => {
    const { database, table, start } = setUp()
    const [one, two] = [new TestChannel('one'), new TestChannel('two')]
    one.failures = two.failures = Infinity
    const notifier = start(one, two)
    notifier.packageFinished(record('p1'), [])
    await vi.advanceTimersByTimeAsync(0)
    await notifier.close()
    await vi.advanceTimersByTimeAsync(60_000)
    const again = new TestChannel('two')
    setUp(database).start(again)
    await vi.advanceTimersByTimeAsync(0)
    expect(again.sent).toEqual(['p1'])
    expect(table.list(1e9, 9).map(({ label, state, error }) => [label, state, error])).toEqual([
      ['two', 'sent', undefined],
      ['one', 'given_up', 'its channel is not configured any more'],
    ])
  })

  it('never fail what they tell of', async () => {
    const { database, start } = setUp()
    const notifier = start(new TestChannel('one'))
    const free = fillDisk(database)
    const tell = (): void => {
      for (let index = 0; index < 500; index++) notifier.packageFinished(record(`p${index}`), [])
    }
    expect(tell).not.toThrow()
    free()
  })

  it('are forgotten when they are over and many', async () => {
    const { table, start } = setUp()
    const notifier = start(new TestChannel('one'))
    for (let index = 0; index < 1005; index++) notifier.packageFinished(record(`p${index}`), [])
    await vi.advanceTimersByTimeAsync(0)
    expect(table.count('sent')).toBe(1000)
    expect(table.list(1e9, 1)).toMatchObject([{ packageId: 'p1004' }])
  })
})
