import { loadParts } from './load-parts.ts'

/** What a person types is looked for after this pause. */
const PAUSE_MS = 180

/** Makes forms marked `data-live="<id>"` show their results in that element while somebody types. */
export function searchWhileTyping(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-live]')) {
    let timer: ReturnType<typeof setTimeout> | undefined
    let running: AbortController | undefined
    const search = (): void => {
      running?.abort()
      running = new AbortController()
      const query = new URLSearchParams()
      for (const [name, value] of new FormData(form)) {
        if (typeof value === 'string' && value !== '') query.set(name, value)
      }
      const url = query.size === 0 ? form.action : `${form.action}?${query.toString()}`
      const { signal } = running
      void loadParts(url, [form.dataset['live'] ?? ''], signal).then((loaded) => {
        if (loaded) history.replaceState(undefined, '', url)
      })
    }
    form.addEventListener('input', () => {
      clearTimeout(timer)
      timer = setTimeout(search, PAUSE_MS)
    })
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      clearTimeout(timer)
      search()
    })
  }
}
