import { Alert } from '../../components/alert.tsx'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import type { Flash } from '../../flash.ts'
import { SimplePage } from '../../shell/simple-page.tsx'

interface SignInPageProps {
  /** Where to go on afterwards. */
  readonly next: string | null
  /** May people come in who have no account yet? */
  readonly signUp: boolean
  readonly flash?: Flash | null
  readonly email?: string
  /** The email of a visitor who came by an invitation link and has not typed a code yet. */
  readonly confirming?: string | undefined
  readonly error?: string
}

export const SignInPage = ({ next, signUp, flash = null, email, confirming, error }: SignInPageProps) => (
  <SimplePage title="Sign in" description="Sign in with a code that is mailed to you, without a password.">
    {flash !== null && <Alert tone={flash.tone}>{flash.text}</Alert>}
    <div class="card">
      <h1>{confirming === undefined ? 'Sign in' : 'Confirm that it is you'}</h1>
      <p class="lead">
        {confirming === undefined
          ? "We'll email you a code. No password needed."
          : 'You joined by an invitation link. To go on, enter a code that we send to your email.'}
      </p>
      <form method="post" action="/sign-in">
        {next !== null && <input type="hidden" name="next" value={next} />}
        <TextField
          id="email"
          label="Email address"
          type="email"
          value={email ?? confirming}
          error={error}
          required
          autofocus
          maxlength={254}
          autocomplete="email"
        />
        <Button look="primary" wide>
          Continue
        </Button>
      </form>
      {signUp && confirming === undefined && (
        <p class="small">New here? Sign in the same way; your first code creates your account.</p>
      )}
    </div>
  </SimplePage>
)
