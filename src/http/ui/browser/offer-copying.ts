/** How long a button says that it has copied. */
const SAID_MS = 1600

/** Shows the buttons that copy their text, and makes them do so. */
export function offerCopying(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    button.hidden = false
    button.addEventListener('click', () => void copy(button))
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const label = button.innerHTML
  const line = button.parentElement?.querySelector('code')
  try {
    await navigator.clipboard.writeText(button.dataset['copy'] ?? '')
    button.textContent = 'Copied'
  } catch {
    // Without TLS browsers give no clipboard: the text is marked, so that a key copies it.
    if (line) getSelection()?.selectAllChildren(line)
    button.textContent = 'Press Ctrl+C'
  }
  setTimeout(() => {
    button.innerHTML = label
  }, SAID_MS)
}
