import type { Activity } from './shown-stats.ts'

/** What several hours come to together. */
export function sumActivity(hours: readonly Activity[]): Activity {
  const sum = (name: keyof Activity): number => hours.reduce((total, hour) => total + hour[name], 0)
  return {
    requests: sum('requests'),
    hosted: sum('hosted'),
    cache: sum('cache'),
    upstream: sum('upstream'),
    absent: sum('absent'),
    trouble: sum('trouble'),
    bytes_sent: sum('bytes_sent'),
    bytes_fetched: sum('bytes_fetched'),
    fetches: sum('fetches'),
    fetches_failed: sum('fetches_failed'),
    uploads: sum('uploads'),
  }
}
