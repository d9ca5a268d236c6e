import { Alert } from '../components/alert.tsx'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import type { Flash } from '../flash.ts'
import { SimplePage } from '../shell/simple-page.tsx'

interface OperatorSignInPageProps {
  /** Where to go on afterwards. */
  readonly next: string | null
  readonly flash?: Flash | null
  readonly error?: string
}

export const OperatorSignInPage = ({ next, flash = null, error }: OperatorSignInPageProps) => (
  <SimplePage title="Operator sign-in">
    {flash !== null && <Alert tone={flash.tone}>{flash.text}</Alert>}
    <div class="card">
      <h1>Operator</h1>
      <p class="lead">For whoever runs this deployment.</p>
      <form method="post" action="/operator/sign-in">
        {next !== null && <input type="hidden" name="next" value={next} />}
        <TextField
          id="key"
          label="Operator key"
          type="password"
          autocomplete="current-password"
          hint="The root key of the deployment, or an operator key. It is not kept in the browser."
          error={error}
          required
          autofocus
        />
        <Button look="primary" wide>
          Sign in
        </Button>
      </form>
    </div>
  </SimplePage>
)
