import type { TakeBackRefusal } from '../../../onboarding/take-back-address.ts'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { Time } from '../../components/time.tsx'
import { SimplePage } from '../../shell/simple-page.tsx'

interface TakeBackPageProps {
  readonly email: string
  readonly changedAt: number
  readonly token: string
}

/** Programs that check mails open links as well; only the button changes anything. */
export const TakeBackPage = ({ email, changedAt, token }: TakeBackPageProps) => (
  <SimplePage title="Take the change back">
    <div class="card">
      <h1>Take the change back</h1>
      <p class="lead">
        The account of {email} got another email on <Time at={changedAt} precision="minute" />.
      </p>
      <p>
        The account gets {email} again. Everybody is signed out of it, and accounts at identity providers are unlinked.
      </p>
      <form method="post" action={`/email-changes/${encodeURIComponent(token)}`}>
        <Button look="primary" wide>
          Take it back
        </Button>
      </form>
      <p class="small">If you changed the email yourself, close this page. Nothing changes unless you go on.</p>
    </div>
  </SimplePage>
)

export const TakenBackPage = ({ email }: { readonly email: string }) => (
  <SimplePage title="The change was taken back">
    <Notice icon="check" tone="good">
      <h1>The change was taken back</h1>
      <p>
        Your account has {email} again, and everybody is signed out. Sign in and look at what was done meanwhile: your
        organizations, the API keys there, and the people who were invited.
      </p>
      <ButtonLink href="/sign-in" look="primary">
        Sign in
      </ButtonLink>
    </Notice>
  </SimplePage>
)

export const RefusedTakeBackPage = ({ code }: Pick<TakeBackRefusal, 'code'>) =>
  code === 'email_taken' ? (
    <SimplePage title="Not done">
      <Notice icon="notice" tone="warning">
        <h1>This email has another account now</h1>
        <p>
          Nothing was changed. Delete the other account, then open this link again; or ask the people who run this
          service to help.
        </p>
      </Notice>
    </SimplePage>
  ) : (
    <SimplePage title="Link no longer works">
      <Notice icon="clock" tone="warning">
        <h1>This link no longer works</h1>
        <p>
          A change can be taken back once, for 72 hours, unless the people who run this service have set the email
          since. Ask them to help.
        </p>
      </Notice>
    </SimplePage>
  )
