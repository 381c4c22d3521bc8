/** The page to go to after signing in: one of ours, whatever a link says. */
export function localTarget(target: string | undefined): string {
  const isOurs = target !== undefined && /^\/ui\/[\w\-./?&=%+*]*$/.test(target)
  return isOurs && !target.includes('/.') ? target : '/ui/'
}
