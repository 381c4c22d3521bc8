/** The formats that are left to bsdtar. */
export type ForeignFormat = '7z' | 'cab' | 'cpio' | 'iso' | 'rar' | 'xar'
