import type { Progress } from '../agent/progress.ts'
import { countOf } from '../lib/count-of.ts'
import { sizeText } from './size-text.ts'

/** Where progress is written: a terminal or a log. */
export interface TextOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const BAR_CHARACTERS = 24

const DEFAULT_COLUMNS = 80

/** A terminal is drawn anew this often at most. */
const DRAW_MS = 100

/** Progress as a bar on a terminal, and as plain lines elsewhere. */
export class TextProgress implements Progress {
  readonly #output: TextOutput
  readonly #isTerminal: boolean
  #stage = ''
  #unit: 'files' | 'bytes' = 'files'
  #total = 0
  #done = 0
  #drawnAt = 0

  constructor(output: TextOutput) {
    this.#output = output
    this.#isTerminal = output.isTTY === true
  }

  begin(stage: string, total: number, unit: 'files' | 'bytes'): void {
    this.#stage = stage
    this.#total = total
    this.#unit = unit
    this.#done = 0
    if (this.#isTerminal) return this.#draw()
    if (total > 0) this.#output.write(`${stage} ${this.#amount(total)}\n`)
  }

  advance(steps: number): void {
    this.#done += steps
    if (this.#isTerminal && Date.now() - this.#drawnAt >= DRAW_MS) this.#draw()
  }

  note(line: string): void {
    this.end()
    this.#output.write(`${line}\n`)
    if (this.#isTerminal) this.#draw()
  }

  end(): void {
    if (this.#isTerminal) this.#output.write('\r\x1b[2K')
  }

  #draw(): void {
    this.#drawnAt = Date.now()
    const part = this.#total === 0 ? 1 : Math.min(1, Math.max(0, this.#done / this.#total))
    const full = Math.round(part * BAR_CHARACTERS)
    const bar = '#'.repeat(full).padEnd(BAR_CHARACTERS, '.')
    const percent = String(Math.floor(part * 100)).padStart(3)
    const line = `[${bar}] ${percent}% ${this.#stage} ${this.#amount(this.#total)}`
    // A terminal that does not know its width says 0.
    const columns = this.#output.columns || DEFAULT_COLUMNS
    this.#output.write(`\r\x1b[2K${line.slice(0, columns - 1)}`)
  }

  #amount(count: number): string {
    return this.#unit === 'bytes' ? sizeText(count) : countOf(count, 'file')
  }
}
