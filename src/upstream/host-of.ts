import type { UpstreamSettings } from './upstream-settings.ts'

/** What an upstream shares with all others that are down when it is. */
export function hostOf(settings: UpstreamSettings): string {
  switch (settings.type) {
    case 'http':
    case 'debuginfod':
      return new URL(settings.url).host
    case 's3':
      return `${settings.endpoint ?? 's3'} ${settings.bucket}`
    case 'gcs':
      return `gcs ${settings.bucket}`
    case 'directory':
      return settings.path
  }
}
