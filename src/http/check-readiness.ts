/** One thing that has to work for the server to be of use; rejects with what is wrong. */
export interface ReadinessCheck {
  readonly name: string
  check(): Promise<void>
}

/** Runs the checks; `checks` has `ok` or what is wrong, by name. */
export async function checkReadiness(
  checks: readonly ReadinessCheck[],
): Promise<{ readonly ready: boolean; readonly checks: Readonly<Record<string, string>> }> {
  const results = await Promise.all(
    checks.map(async (item) => {
      const problem = await item.check().then(
        () => undefined,
        (error: unknown) => String(error),
      )
      return [item.name, problem ?? 'ok'] as const
    }),
  )
  return {
    ready: results.every(([, state]) => state === 'ok'),
    checks: Object.fromEntries(results),
  }
}
