import { DirectorySource } from './directory-source.ts'
import type { FileSource } from './file-source.ts'
import { HttpSource } from './http-source.ts'
import type { UpstreamSettings } from './upstream-settings.ts'

/** The place that the settings describe, by its kind. Throws `config_invalid` for settings that cannot work. */
export function createSource(settings: UpstreamSettings): FileSource {
  switch (settings.type) {
    case 'http':
    case 'debuginfod':
      return new HttpSource(settings)
    case 'directory':
      return new DirectorySource(settings)
  }
}
