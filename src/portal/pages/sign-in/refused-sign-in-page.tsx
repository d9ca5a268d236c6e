import type { PropsWithChildren } from 'hono/jsx'
import type { SignInRefusal } from '../../../onboarding/sign-in.ts'
import { ButtonLink } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { SimplePage } from '../../shell/simple-page.tsx'
import { USE_THE_LINK } from '../../wrong-code.ts'

interface RefusedSignInProps {
  readonly code: Exclude<SignInRefusal['code'], 'sign_in_code_wrong'>
  readonly wasLink?: boolean
  /** For how long, as in `3 minutes`. */
  readonly wait?: string
}

export const RefusedSignInPage = ({ code, wasLink = false, wait = '' }: RefusedSignInProps) => {
  switch (code) {
    case 'sign_in_code_expired':
      return (
        <Refused title={wasLink ? 'This link has expired' : 'This code has expired'} again="Send a new one">
          It was used, a newer one was sent, or ten minutes have passed.
        </Refused>
      )
    case 'sign_in_rate_limited':
      return (
        <Refused title="Too many wrong codes" again="Send a new code">
          {USE_THE_LINK} Codes are accepted again in {wait}, or with a new mail.
        </Refused>
      )
    case 'sign_up_disabled':
      return (
        <Refused title="There is no account for you yet" again="Use another address">
          Accounts are made by invitation here. Ask somebody of your team to invite you.
        </Refused>
      )
    case 'account_closing':
      return <Refused title="This account is being deleted">Once that is done, you can begin anew.</Refused>
  }
}

const Refused = ({ title, again, children }: PropsWithChildren<{ title: string; again?: string }>) => (
  <SimplePage title={title}>
    <Notice icon="clock" tone="warning">
      <h1>{title}</h1>
      <p>{children}</p>
      {again !== undefined && (
        <div class="actions">
          <ButtonLink href="/sign-in" look="primary">
            {again}
          </ButtonLink>
        </div>
      )}
    </Notice>
  </SimplePage>
)
