/** The formats that compress one stream and are read here, by themselves or around an archive. */
export type CompressionFormat = 'bzip2' | 'gzip' | 'lzip' | 'xz' | 'zstd'
