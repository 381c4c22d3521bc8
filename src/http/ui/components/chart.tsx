/** One kind of thing in a picture: the class gives its colour. */
export interface Series {
  readonly name: string
  readonly look: 'hosted' | 'cache' | 'upstream' | 'absent' | 'trouble' | 'sent' | 'fetched'
}

/** One column of a picture: its time, and a value for each series. */
export interface Point {
  readonly label: string
  readonly values: readonly number[]
}

const HEIGHT = 100
/** Share of a column's room that its bar takes. */
const BAR = 0.78

/**
 * Stacked bars over time, as SVG that stretches with the page; words and numbers stand around it as text. Who
 * points at a column is told its figures, who cannot see it has them as a table.
 */
export function Chart({
  title,
  series,
  points,
  format,
  base = 10,
}: {
  readonly title: string
  readonly series: readonly Series[]
  readonly points: readonly Point[]
  readonly format: (value: number) => string
  /** What the scale counts in powers of: 10, or 1024 for bytes. */
  readonly base?: 10 | 1024
}) {
  const top = niceTop(Math.max(...points.map(({ values }) => sum(values))), base)
  const totals = series.map((_, index) => sum(points.map(({ values }) => values[index] ?? 0)))
  const [first, middle, last] = [0, Math.floor(points.length / 2), points.length - 1]
  return (
    <figure>
      <div class="chart" aria-hidden="true">
        <div class="chart-scale">
          <span>{format(top)}</span>
          <span>{format(top / 2)}</span>
          <span>0</span>
        </div>
        <svg viewBox={`0 0 ${points.length} ${HEIGHT}`} preserveAspectRatio="none">
          {points.map((point, column) => (
            <g>
              <title>{describe(point, series, format)}</title>
              <rect class="whole" x={column} y={0} width={1} height={HEIGHT} />
              {stack(point.values, top).map(({ y, height }, index) =>
                height === 0 ? null : (
                  <rect
                    class={series[index]?.look}
                    x={column + (1 - BAR) / 2}
                    y={y}
                    width={BAR}
                    height={height}
                  />
                ),
              )}
            </g>
          ))}
        </svg>
        <div class="chart-times">
          {[first, middle, last].map((index) => (
            <span>{points[index]?.label}</span>
          ))}
        </div>
      </div>
      <figcaption>
        <ul class="legend" aria-label={title}>
          {series.map(({ name, look }, index) => (
            <li>
              <span class={`swatch ${look}`} aria-hidden="true" />
              {name} <strong>{format(totals[index] ?? 0)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  )
}

function describe(
  { label, values }: Point,
  series: readonly Series[],
  format: (value: number) => string,
): string {
  const parts = series.map(({ name }, index) => `${name} ${format(values[index] ?? 0)}`)
  return `${label}: ${parts.join(', ')}`
}

/** Where each value's rectangle lies when they stand on one another. */
function stack(values: readonly number[], top: number): { y: number; height: number }[] {
  let y = HEIGHT
  return values.map((value) => {
    const height = round((value / top) * HEIGHT)
    y = round(y - height)
    return { y, height }
  })
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The next number whose half reads well too: an even one times a power of the base. */
function niceTop(most: number, base: number): number {
  let unit = 1
  while (unit * base <= most) unit *= base
  const steps = [2, 4, 6, 8, 10, 16, 20, 30, 40, 60, 80, 100, 160, 200, 300, 400, 600, 800, 1024]
  return unit * (steps.find((step) => step * unit >= most) ?? base)
}
