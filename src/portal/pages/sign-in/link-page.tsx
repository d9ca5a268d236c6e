import { Button } from '../../components/button.tsx'
import { Name } from '../../components/name.tsx'
import { SimplePage } from '../../shell/simple-page.tsx'

interface LinkPageProps {
  readonly email: string
  /** The organization that the link joins as well; null if it only signs in. */
  readonly joining: string | null
  readonly token: string
}

/** Programs that check mails open links as well; only whoever presses the button is signed in. */
export const LinkPage = ({ email, joining, token }: LinkPageProps) => (
  <SimplePage title="Sign in">
    <div class="card">
      <h1>Welcome</h1>
      <p class="lead">
        You are about to sign in as {email}
        {joining !== null && (
          <>
            {' '}
            and join <Name>{joining}</Name>
          </>
        )}
        .
      </p>
      <form method="post" action={`/sign-in/link/${encodeURIComponent(token)}`}>
        <Button look="primary" wide>
          {joining === null ? 'Sign in' : 'Sign in and join'}
        </Button>
      </form>
      <p class="small">If you did not ask for this mail, close the page: nothing happens unless you go on.</p>
    </div>
  </SimplePage>
)
