import type { Activity } from '../db/activity.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Outcomes of lookups that say «nobody can tell»; every other one without a file is an absence. */
const TROUBLE: readonly string[] = ['trouble', 'mismatch']
const FOUND: readonly string[] = ['hosted', 'cache', 'upstream']

interface Counted {
  readonly labels: Readonly<Partial<Record<string, string | number>>>
  readonly value: number
}

/** What the server has done since the process began, by its metrics. */
export async function readActivity(metrics: Metrics): Promise<Activity> {
  const [lookups, sent, fills, fetched, uploads, uploaded] = await Promise.all(
    [
      metrics.lookups,
      metrics.bytesSent,
      metrics.fills,
      metrics.fillBytes,
      metrics.uploads,
      metrics.uploadedBytes,
    ].map(async (counter): Promise<readonly Counted[]> => (await counter.get()).values),
  )
  return {
    hosted: sum(lookups, (outcome) => outcome === 'hosted'),
    cache: sum(lookups, (outcome) => outcome === 'cache'),
    upstream: sum(lookups, (outcome) => outcome === 'upstream'),
    absent: sum(lookups, (outcome) => !FOUND.includes(outcome) && !TROUBLE.includes(outcome)),
    trouble: sum(lookups, (outcome) => TROUBLE.includes(outcome)),
    bytes_sent: sum(sent),
    fetches: sum(fills),
    fetches_failed: sum(fills, (outcome) => outcome !== 'found' && outcome !== 'absent'),
    bytes_fetched: sum(fetched),
    uploads: sum(uploads),
    bytes_uploaded: sum(uploaded),
  }
}

function sum(
  values: readonly Counted[] = [],
  counts: (outcome: string) => boolean = () => true,
): number {
  return values
    .filter(({ labels }) => counts(String(labels['outcome'] ?? '')))
    .reduce((total, { value }) => total + value, 0)
}
