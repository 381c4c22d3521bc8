import type { UpstreamSettings } from './upstream-settings.ts'

/** What an upstream shares with all others that are down when it is. */
export function hostOf({ url }: UpstreamSettings): string {
  return new URL(url).host
}
