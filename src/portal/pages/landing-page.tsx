import { ButtonLink } from '../components/button.tsx'
import { SimplePage } from '../shell/simple-page.tsx'

export const LandingPage = ({ hasMailbox }: { hasMailbox: boolean }) => (
  <SimplePage
    title="Team membership"
    description="Who belongs to which organization, in which role, who is invited, and how many seats are left."
  >
    <div class="card">
      <h1>Team membership</h1>
      <p class="lead">
        This deployment of Muster keeps who belongs to which organization, in which role, who is invited, and how many
        seats are left.
      </p>
      <ul class="links">
        <LinkTo href="/docs" title="API reference">
          Every call, with what it takes and answers
        </LinkTo>
        <LinkTo href="/health" title="Health">
          Whether all parts are within reach
        </LinkTo>
        {hasMailbox && (
          <LinkTo href="/dev/mailbox" title="Mailbox">
            Mails of this development server
          </LinkTo>
        )}
      </ul>
      <div class="actions">
        <ButtonLink href="/sign-in" look="primary" wide>
          Sign in
        </ButtonLink>
      </div>
      <p class="small">Have you been invited? Open the link in the mail you received.</p>
    </div>
  </SimplePage>
)

const LinkTo = ({ href, title, children }: { href: string; title: string; children: string }) => (
  <li>
    <a href={href}>
      <span class="link-title">{title}</span>
      <span class="aside">{children}</span>
    </a>
  </li>
)
