import { DirectorySource } from './directory-source.ts'
import type { FileSource } from './file-source.ts'
import { HttpSource } from './http-source.ts'
import { GcsSource } from './gcs-source.ts'
import { S3Source } from './s3-source.ts'
import type { GcsSettings, UpstreamSettings } from './upstream-settings.ts'

/** The place that the settings describe, by its kind. Throws `config_invalid` for settings that cannot work. */
export function createSource(settings: UpstreamSettings): FileSource {
  switch (settings.type) {
    case 'http':
    case 'debuginfod':
      return new HttpSource(settings)
    case 's3':
      return new S3Source(settings)
    case 'gcs':
      return createGcsSource(settings)
    case 'directory':
      return new DirectorySource(settings)
  }
}

/** With HMAC keys, GCS is spoken to as to S3. */
function createGcsSource(settings: GcsSettings): FileSource {
  const { credentials } = settings
  if (credentials?.kind !== 'keys') return new GcsSource({ ...settings, credentials })
  return new S3Source({ ...settings, credentials, region: 'auto', forcePathStyle: true })
}
