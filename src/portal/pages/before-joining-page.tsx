import type { InvitationView } from '../../membership/queries.ts'
import { IntroductionForm } from '../components/introduction-form.tsx'
import { Monogram } from '../components/monogram.tsx'
import { Name, titleName } from '../components/name.tsx'
import type { FormFields } from '../form-body.ts'
import type { StillAsked } from '../introducing.ts'
import { SimplePage } from '../shell/simple-page.tsx'

interface BeforeJoiningPageProps {
  readonly view: InvitationView
  readonly token: string
  readonly asked: StillAsked
  readonly form: FormFields
}

/** Whoever accepts an invitation says first what is required of everybody. */
export const BeforeJoiningPage = ({ view, token, asked, form }: BeforeJoiningPageProps) => (
  <SimplePage title={`Join ${titleName(view.organizationName)}`}>
    <div class="card">
      <Monogram name={view.organizationName} />
      <h1>One more thing</h1>
      <p class="lead">
        Everyone in <Name>{view.organizationName}</Name> says this of themselves.
      </p>
      <IntroductionForm
        action={`/invitations/${token}/accept`}
        asked={asked}
        form={form}
        button="Accept invitation"
        back={`/invitations/${token}`}
      />
    </div>
  </SimplePage>
)
