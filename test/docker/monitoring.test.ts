import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { tempDir } from '../helpers/temp-dir.ts'
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

  it.skipIf(promtool === undefined)('come before a disk is full and when a part fails', () => {
    const file = join(tempDir(), 'test.yaml')
    const series = (name: string, values: string) => ({
      series: `${name}, job="symgate", instance="one"}`,
      values,
    })
    const quiet = (alertname: string) => ({ eval_time: '20m', alertname, exp_alerts: [] })
    const fired = (alertname: string, labels: object, summary: string) => ({
      eval_time: '37m',
      alertname,
      exp_alerts: [
        {
          exp_labels: { job: 'symgate', instance: 'one', ...labels },
          exp_annotations: { summary, runbook: `docs/on-call.md#${alertname.toLowerCase()}` },
        },
      ],
    })
    const test = {
      interval: '1m',
      input_series: [
        series('symgate_disk_free_bytes{disk="store"', '9e9+0x20 5e9+0x40'),
        series('symgate_disk_min_free_bytes{disk="store"', '2e9+0x60'),
        series('symgate_ready{part="database"', '1+0x20 0+0x40'),
        series('symgate_ready{part="store"', '1+0x60'),
      ],
      alert_rule_test: [
        quiet('SymgateDiskLow'),
        fired(
          'SymgateDiskLow',
          { disk: 'store', severity: 'ticket' },
          'The store of one has 4.657GiB left, and soon refuses uploads',
        ),
        quiet('SymgateNotReady'),
        fired(
          'SymgateNotReady',
          { part: 'database', severity: 'page' },
          'The database of symgate on one cannot be used',
        ),
      ],
    }
    writeFileSync(file, stringify({ rule_files: [place(ALERTS)], tests: [test] }))
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
    })
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')])
  })
})
