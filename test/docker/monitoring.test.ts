import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { findTools } from '../oracles/find-tools.ts'

const place = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const read = (path: string): string => readFileSync(place(path), 'utf8')

const ALERTS = 'docker/prometheus-alerts.yaml'
const DASHBOARD = 'docker/grafana-dashboard.json'
const rule = z.object({
  alert: z.string(),
  expr: z.string(),
  annotations: z.object({ summary: z.string(), runbook: z.string() }),
})
const [group] = z
  .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
  .parse(parse(read(ALERTS))).groups
const rules = group?.rules ?? []
const promtool = findTools('promtool')

/** The series that the server has, by every name under which they can be asked for. */
async function seriesNames(): Promise<Set<string>> {
  const metrics = await new Metrics(() => []).registry.getMetricsAsJSON()
  return new Set(
    metrics.flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
  )
}

it.each([ALERTS, DASHBOARD])('%s asks for metrics that there are', async (file) => {
  const known = await seriesNames()
  const asked = [...read(file).matchAll(/\b(?:symgate|nodejs|process)_\w+/g)].map(([name]) => name)
  expect(asked.length).toBeGreaterThan(10)
  expect(asked.filter((name) => !known.has(name))).toEqual([])
})

describe('alarms', () => {
  it('have each a section that says what to do', () => {
    const sections = [...read('docs/on-call.md').matchAll(/^## (Symgate\w+)$/gm)].map(
      ([, name]) => name,
    )
    expect(sections).toEqual(rules.map(({ alert }) => alert))
    for (const { alert, annotations } of rules)
      expect(annotations.runbook).toBe(`docs/on-call.md#${alert.toLowerCase()}`)
  })

  it('wait for outcomes that are seen at 0 before they happen', async () => {
    const text = await new Metrics(() => []).registry.metrics()
    for (const series of [
      'symgate_uploads_total{outcome="disk_full"} 0',
      'symgate_check_findings_total{kind="rotten"} 0',
      'symgate_notifications_total{channel="webhook",outcome="given_up"} 0',
    ])
      expect(text).toContain(series)
  })

  it.skipIf(promtool === undefined)('are rules that Prometheus takes', () => {
    const output = execFileSync('promtool', ['check', 'rules', place(ALERTS)], { encoding: 'utf8' })
    expect(output).toContain(`SUCCESS: ${rules.length} rules found`)
  })
})
