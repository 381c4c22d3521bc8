import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Metrics } from '../../src/telemetry/metrics.ts'

const doc = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const rows = doc
  .slice(doc.indexOf('\n## Metrics\n'), doc.indexOf('\n## Logs\n'))
  .split('\n')
  .filter((line) => line.startsWith('| `symgate_'))
  .map((line) => {
    const [, name, type, labels, meaning] = line.split('|').map((cell) => cell.trim())
    return { text: `${name} ${type} ${labels}`.trim(), meaning }
  })

test('The operations page lists every metric with its type and labels, and no other', async () => {
  const { registry } = new Metrics(() => [])
  const own = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('symgate_'))
  const declared = own.map(({ name, type }) => {
    const metric = registry.getSingleMetric(name)
    const labels = metric !== undefined && 'labelNames' in metric ? [metric.labelNames].flat() : []
    return `\`${name}\` ${type} ${labels.map((label) => `\`${String(label)}\``).join(', ')}`.trim()
  })
  expect(rows.map(({ text }) => text)).toEqual(declared)
  expect(rows.filter(({ meaning }) => meaning === '')).toEqual([])
})
