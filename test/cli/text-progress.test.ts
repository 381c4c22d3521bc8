import { describe, expect, it } from 'vitest'
import { TextProgress } from '../../src/cli/text-progress.ts'

function written(isTTY: boolean, columns = 60): { text: () => string; progress: TextProgress } {
  let text = ''
  const output = { isTTY, columns, write: (more: string) => (text += more) }
  return { text: () => text, progress: new TextProgress(output) }
}

function work(progress: TextProgress): void {
  progress.begin('looking at', 2, 'files')
  progress.advance(2)
  progress.begin('sending', 3 << 20, 'bytes')
  progress.note('package 1 of 1: 2 files')
  progress.end()
}

describe('progress', () => {
  it('is plain lines where there is no terminal', () => {
    const { text, progress } = written(false)
    work(progress)
    expect(text()).toBe('looking at 2 files\nsending 3.0 MiB\npackage 1 of 1: 2 files\n')
  })

  it('is a bar on a terminal, which makes room for lines and goes in the end', () => {
    const { text, progress } = written(true)
    work(progress)
    expect(text()).toContain('[........................]   0% looking at 2 files')
    expect(text()).toContain('\r\x1b[2Kpackage 1 of 1: 2 files\n')
    expect(text().endsWith('\r\x1b[2K')).toBe(true)
  })

  it('never breaks the line', () => {
    const { text, progress } = written(true)
    progress.begin('x'.repeat(200), 1, 'files')
    expect(text().replace('\r\x1b[2K', '')).toHaveLength(59)
    const unknown = written(true, 0)
    unknown.progress.begin('x'.repeat(200), 1, 'files')
    expect(unknown.text().replace('\r\x1b[2K', '')).toHaveLength(79)
  })
})
