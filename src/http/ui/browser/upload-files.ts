import { loadParts } from './load-parts.ts'

/** What the server answers to an upload, as far as it is shown. */
interface Answer {
  readonly error?: { readonly message: string }
  readonly upload?: {
    readonly id: string
    readonly verdict: string
    readonly stored: number
    readonly duplicates: number
    readonly rejected: number
  }
}

/** Makes the upload form send what is dropped on it or chosen, one file after the other. */
export function uploadFiles(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-upload]')
  const drop = form?.querySelector<HTMLElement>('.drop')
  const input = form?.querySelector<HTMLInputElement>('input[type=file]')
  if (!form || !drop || !input) return
  form.hidden = false
  let queue = Promise.resolve()
  const add = (files: Iterable<File>): void => {
    for (const file of files) {
      const row = addRow(form, file)
      queue = queue.then(async () => await send(form, file, row))
    }
  }
  form.addEventListener('submit', (event) => event.preventDefault())
  input.addEventListener('change', () => {
    add([...(input.files ?? [])])
    input.value = ''
  })
  for (const type of ['dragenter', 'dragover']) {
    drop.addEventListener(type, (event) => {
      event.preventDefault()
      drop.classList.add('over')
    })
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'))
  drop.addEventListener('drop', (event) => {
    event.preventDefault()
    drop.classList.remove('over')
    add(event.dataTransfer?.files ?? [])
  })
}

function addRow(form: HTMLFormElement, file: File): HTMLElement {
  const row = document.createElement('li')
  const name = document.createElement('strong')
  name.textContent = file.name
  const state = document.createElement('span')
  state.className = 'upload-state'
  state.textContent = 'waiting'
  const progress = document.createElement('progress')
  progress.max = 1
  progress.value = 0
  progress.setAttribute('aria-label', file.name)
  row.append(name, state, progress)
  form.querySelector('.uploads')?.append(row)
  return row
}

/** Sends one file; resolves when its row says what came of it. */
function send(form: HTMLFormElement, file: File, row: HTMLElement): Promise<void> {
  const query = new URLSearchParams({ upload_file: file.name })
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value !== '') query.set(name, value)
  }
  const progress = row.querySelector('progress')
  return new Promise((resolve) => {
    // fetch tells nothing of how much it has sent.
    const request = new XMLHttpRequest()
    request.open('POST', `/ui/upload?${query.toString()}`)
    request.setRequestHeader('x-csrf-token', form.dataset['upload'] ?? '')
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      if (progress && total > 0) progress.value = loaded / total
      say(row, loaded < total ? `${Math.floor((loaded / total) * 100)} %` : 'being checked')
    })
    request.addEventListener('loadend', () => {
      progress?.remove()
      tell(row, request)
      void loadParts(location.href, ['results']).then(() => resolve())
    })
    request.send(file)
  })
}

function tell(row: HTMLElement, request: XMLHttpRequest): void {
  let answer: Answer = {}
  try {
    answer = JSON.parse(request.responseText)
  } catch {
    // Cut off, or an answer of something between.
  }
  const { upload, error } = answer
  if (upload === undefined) {
    say(row, error?.message ?? 'the connection was lost', 'bad-text')
    return
  }
  const { stored, duplicates, rejected } = upload
  const refusal = error === undefined ? '' : `: ${error.message}`
  say(
    row,
    `${upload.verdict}${refusal}; ${stored} stored, ${duplicates} duplicates, ${rejected} rejected`,
    upload.verdict === 'good' ? 'good-text' : 'bad-text',
  )
  const link = document.createElement('a')
  link.href = `/ui/packages/${encodeURIComponent(upload.id)}`
  link.textContent = 'Files'
  row.append(link)
}

function say(row: HTMLElement, text: string, look = ''): void {
  const state = row.querySelector('.upload-state')
  if (state === null) return
  state.textContent = text
  state.className = `upload-state ${look}`
}
