import { Document } from '../components/document.tsx'
import { Notice } from '../components/notice.tsx'

/** Where a token is asked for; `problem` says why it is asked for again. */
export function SignInPage({
  problem,
  next,
}: {
  readonly problem?: string | undefined
  readonly next: string
}) {
  return (
    <Document title="Sign in">
      <main class="gate" id="content">
        <div class="gate-box">
          <div class="brand">
            <img src="/ui/assets/icon.svg" width={36} height={36} alt="" />
            symgate
          </div>
          <div class="card">
            <h1>Sign in</h1>
            {problem === undefined ? null : <Notice tone="bad">{problem}</Notice>}
            <form method="post" action="/ui/sign-in" class="form">
              <input type="hidden" name="next" value={next} />
              <input type="text" name="user" value="administrator" autocomplete="username" hidden />
              <div class="field">
                <label for="token">Administrator token</label>
                <input
                  id="token"
                  name="token"
                  type="password"
                  autocomplete="current-password"
                  spellcheck={false}
                  required
                  autofocus
                  aria-describedby="token-hint"
                />
                <p class="hint" id="token-hint">
                  The first start printed one. <code>symgate token create --scope admin</code> makes
                  another.
                </p>
              </div>
              <button class="button primary">Sign in</button>
            </form>
          </div>
        </div>
      </main>
    </Document>
  )
}
