/** The formats that are left to bsdtar. */
export type ForeignFormat = '7z' | 'cpio' | 'iso' | 'rar' | 'xar'
