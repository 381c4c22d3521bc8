import { defineConfig } from 'vitest/config'

const report = process.env['VITEST_JSON']

export default defineConfig({
  test: {
    // End-to-end tests start servers and write gigabytes: two workers are what two cores carry.
    maxWorkers: 2,
    // Machines of CI are shared: what a neighbour's load has upset passes the second time, what is broken fails again.
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: { include: ['src/**'] },
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: { name: 'tests', include: ['test/**/*.test.ts'], exclude: ['test/heavy/**'] },
      },
      {
        extends: true,
        test: {
          name: 'heavy',
          include: ['test/heavy/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: { name: 'screenshots', include: ['test/screenshots/make-screenshots.ts'] },
      },
    ],
  },
})
