import { loadParts } from './load-parts.ts'

/** Loads the parts marked `data-refresh="<seconds>"` again and again, while the page is looked at. */
export function refreshParts(): void {
  const seconds = [...document.querySelectorAll<HTMLElement>('[data-refresh]')].map((element) =>
    Number(element.dataset['refresh']),
  )
  if (seconds.length === 0) return
  setInterval(() => void refresh(), Math.min(...seconds) * 1000)
}

async function refresh(): Promise<void> {
  if (document.hidden) return
  const idle = [...document.querySelectorAll<HTMLElement>('[data-refresh]')].filter(
    (part) =>
      part.querySelector('details[open]') === null && !part.contains(document.activeElement),
  )
  if (idle.length > 0)
    await loadParts(
      location.href,
      idle.map(({ id }) => id),
    )
}
