import { Alert } from '../../components/alert.tsx'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import type { Flash } from '../../flash.ts'
import { SimplePage } from '../../shell/simple-page.tsx'

interface CodePageProps {
  readonly email: string
  readonly flash?: Flash | null
  readonly error?: string
}

export const CodePage = ({ email, flash = null, error }: CodePageProps) => (
  <SimplePage title="Enter the code">
    {flash !== null && <Alert tone={flash.tone}>{flash.text}</Alert>}
    <div class="card">
      <h1>Enter the code</h1>
      <p class="lead">It was sent to {email}. The link in the same mail does the same.</p>
      <form method="post" action="/sign-in/code">
        <TextField
          id="code"
          label="Six digits"
          error={error}
          required
          autofocus
          maxlength={20}
          inputmode="numeric"
          autocomplete="one-time-code"
          large
        />
        <Button look="primary" wide>
          Sign in
        </Button>
      </form>
      <form class="inline" method="post" action="/sign-in/resend">
        <p class="small">
          Didn't get it? Check your spam folder,{' '}
          <button type="submit" class="link-button">
            send it again
          </button>
          , or <a href="/sign-in">use another email</a>. After several mails, no new one is sent for a while; the newest
          one still works.
        </p>
      </form>
    </div>
  </SimplePage>
)
