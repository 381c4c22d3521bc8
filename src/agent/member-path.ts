/**
 * A path of this machine as the path of an archive's member: `/` between folders, without drive, share
 * or root, without `.` and `..`. `C:\build\a.pdb` is `build/a.pdb`.
 */
export function memberPath(path: string): string {
  const segments = path
    .replace(/^\\\\[?.]\\/, '')
    .replace(/^[A-Za-z]:/, '')
    .split(/[/\\]/)
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
  return segments.map((segment) => segment.replaceAll(/\p{Cc}/gu, '_')).join('/')
}
