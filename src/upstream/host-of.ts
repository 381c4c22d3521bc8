import type { UpstreamSettings } from './upstream-settings.ts'

/** What an upstream shares with all others that are down when it is. */
export function hostOf(settings: UpstreamSettings): string {
  switch (settings.type) {
    case 'http':
    case 'debuginfod':
      return new URL(settings.url).host
    case 'directory':
      return settings.path
  }
}
