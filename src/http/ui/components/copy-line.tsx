/** A line to be pasted elsewhere, with a button that copies it where scripts run. */
export function CopyLine({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div class="copy-line">
      <span class="copy-label">{label}</span>
      <code tabindex={0}>{text}</code>
      <button type="button" class="button small" data-copy={text} hidden>
        Copy<span class="unseen"> {label}</span>
      </button>
    </div>
  )
}
