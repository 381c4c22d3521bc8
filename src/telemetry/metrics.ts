import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Every metric of symgate, declared once. No label ever holds a key, a path or a token. */
export class Metrics {
  readonly registry = new Registry()

  readonly requests = new Counter({
    name: 'symgate_requests_total',
    help: 'HTTP requests answered, by kind of route and status code',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  })
  readonly requestSeconds = new Histogram({
    name: 'symgate_request_duration_seconds',
    help: 'Time from the request head to the end of the answer, by kind of route',
    labelNames: ['route'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600],
    registers: [this.registry],
  })
  readonly lookups = new Counter({
    name: 'symgate_lookups_total',
    help: 'Symbol lookups, by where the file came from or why there was none',
    labelNames: ['outcome'],
    registers: [this.registry],
  })
  readonly bytesSent = new Counter({
    name: 'symgate_symbol_bytes_sent_total',
    help: 'Bytes of symbol files sent to clients',
    registers: [this.registry],
  })
  readonly fills = new Counter({
    name: 'symgate_upstream_fetches_total',
    help: 'Fetches from upstreams, by upstream and outcome',
    labelNames: ['upstream', 'outcome'],
    registers: [this.registry],
  })
  readonly fillBytes = new Counter({
    name: 'symgate_upstream_bytes_total',
    help: 'Bytes taken from upstreams after decoding, by upstream',
    labelNames: ['upstream'],
    registers: [this.registry],
  })
  readonly runningFills = new Gauge({
    name: 'symgate_running_fills',
    help: 'Files being fetched from upstreams now',
    registers: [this.registry],
  })
  readonly cacheBytes = new Gauge({
    name: 'symgate_cache_bytes',
    help: 'Bytes of fetched files and of what is made of files, at the last change',
    registers: [this.registry],
  })
  readonly evictedFiles = new Counter({
    name: 'symgate_evicted_files_total',
    help: 'Fetched files removed from the cache, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  })
  readonly evictedBytes = new Counter({
    name: 'symgate_evicted_bytes_total',
    help: 'Bytes of fetched files removed from the cache, by reason',
    labelNames: ['reason'],
    registers: [this.registry],
  })
  readonly uploads = new Counter({
    name: 'symgate_uploads_total',
    help: 'Uploads answered, by verdict, or by the error code they ended with',
    labelNames: ['outcome'],
    registers: [this.registry],
  })
  readonly uploadedFiles = new Counter({
    name: 'symgate_uploaded_files_total',
    help: 'Files of uploaded packages, by what became of them',
    labelNames: ['status'],
    registers: [this.registry],
  })
  readonly uploadedBytes = new Counter({
    name: 'symgate_uploaded_bytes_total',
    help: 'Bytes of upload bodies received',
    registers: [this.registry],
  })
  readonly expiredPackages = new Counter({
    name: 'symgate_expired_packages_total',
    help: 'Packages that retention has removed, by the rule that decided',
    labelNames: ['reason'],
    registers: [this.registry],
  })
  readonly expiredBytes = new Counter({
    name: 'symgate_expired_bytes_total',
    help: 'Bytes of files that went with packages that retention has removed',
    registers: [this.registry],
  })
  readonly checkFindings = new Counter({
    name: 'symgate_check_findings_total',
    help: 'Faults that checks of the store have found, by kind',
    labelNames: ['kind'],
    registers: [this.registry],
  })
  readonly checkedBytes = new Counter({
    name: 'symgate_checked_bytes_total',
    help: 'Bytes of the files whose content checks have looked at',
    registers: [this.registry],
  })

  readonly notifications = new Counter({
    name: 'symgate_notifications_total',
    help: 'Tries to notify, by kind of channel and outcome',
    labelNames: ['channel', 'outcome'],
    registers: [this.registry],
  })
  readonly uploadAlerts = new Counter({
    name: 'symgate_upload_alerts_total',
    help: 'Uploaded files that differ from the verified copy of an upstream',
    registers: [this.registry],
  })
  readonly ready = new Gauge({
    name: 'symgate_ready',
    help: 'Whether a part that /readyz looks at can be used: 1 or 0, by part',
    labelNames: ['part'],
    registers: [this.registry],
  })
  readonly diskFreeBytes = new Gauge({
    name: 'symgate_disk_free_bytes',
    help: 'Bytes free on the disks of store and cache',
    labelNames: ['disk'],
    registers: [this.registry],
  })
  readonly diskMinFreeBytes = new Gauge({
    name: 'symgate_disk_min_free_bytes',
    help: 'Bytes that are to stay free on the disks of store and cache',
    labelNames: ['disk'],
    registers: [this.registry],
  })

  /** `readTotals` gives the totals over restarts; it is called at each scrape. */
  constructor(readTotals: () => readonly { readonly name: string; readonly value: number }[]) {
    collectDefaultMetrics({ register: this.registry })
    // What alarms wait for has to be seen at 0 first: a series that begins at 1 has not risen.
    for (const outcome of ['good', 'failed', 'disk_full', 'internal', 'busy', 'store_unusable'])
      this.uploads.inc({ outcome }, 0)
    for (const kind of ['missing', 'size', 'rotten', 'unreadable', 'manifest'])
      this.checkFindings.inc({ kind }, 0)
    for (const channel of ['email', 'webhook'])
      for (const outcome of ['given_up', 'dropped']) this.notifications.inc({ channel, outcome }, 0)
    this.registry.registerMetric(
      new Gauge({
        name: 'symgate_lifetime_total',
        help: 'Events since the data folder was made, by name: packages, upstream fetches, bytes',
        labelNames: ['event'],
        registers: [],
        collect() {
          for (const { name, value } of readTotals()) this.set({ event: name }, value)
        },
      }),
    )
  }
}
