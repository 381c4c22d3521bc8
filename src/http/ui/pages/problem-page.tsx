import { Document } from '../components/document.tsx'

/** What to say when there is no page, or when making it has failed. */
export function ProblemPage({
  title,
  message,
}: {
  readonly title: string
  readonly message: string
}) {
  return (
    <Document title={title}>
      <main class="gate" id="content">
        <div class="gate-box">
          <div class="card">
            <h1>{title}</h1>
            <p>{message}</p>
            <p>
              <a href="/ui/">To the overview</a>
            </p>
          </div>
        </div>
      </main>
    </Document>
  )
}
