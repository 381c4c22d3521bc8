import { offerCopying } from './offer-copying.ts'

/**
 * Loads a page of this server and puts its elements with these ids in the place of those that are shown.
 * False when it cannot: then the page says why, for good when the session has ended.
 */
export async function loadParts(
  url: string,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  let answer: Response
  try {
    answer = await fetch(url, { headers: { accept: 'text/html' }, signal: signal ?? null })
  } catch {
    if (signal?.aborted !== true) say('The server does not answer. This page may be out of date.')
    return false
  }
  if (answer.status === 401) {
    say('Your session has ended. Load the page again to sign in.')
    return false
  }
  if (!answer.ok) return false
  const loaded = new DOMParser().parseFromString(await answer.text(), 'text/html')
  if (signal?.aborted === true) return false
  say(undefined)
  for (const id of ids) {
    const [shown, fresh] = [document.getElementById(id), loaded.getElementById(id)]
    if (shown === null || fresh === null) continue
    offerCopying(fresh)
    shown.replaceWith(fresh)
  }
  return true
}

function say(text: string | undefined): void {
  const before = document.getElementById('connection')
  if (before?.textContent === text) return
  before?.remove()
  if (text === undefined) return
  const notice = document.createElement('div')
  notice.id = 'connection'
  notice.className = 'notice warn'
  notice.setAttribute('role', 'alert')
  notice.textContent = text
  document.querySelector('.page-head')?.after(notice)
}
