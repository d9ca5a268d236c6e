import { IntroductionForm } from '../../components/introduction-form.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormFields } from '../../form-body.ts'
import type { StillAsked } from '../../introducing.ts'

interface BeforeAcceptingPageProps {
  readonly action: string
  /** What the page above is called. */
  readonly overview: string
  readonly asked: StillAsked
  readonly form: FormFields
}

/** Whoever accepts an invitation says first what is required of everybody. */
export const BeforeAcceptingPage = ({ action, overview, asked, form }: BeforeAcceptingPageProps) => (
  <>
    <PageHeader title="One more thing" up={{ href: '/organizations', name: overview }}>
      Everyone says this of themselves. With it, the invitation is accepted.
    </PageHeader>
    <Panel>
      <PanelBody>
        <IntroductionForm action={action} asked={asked} form={form} button="Accept invitation" back="/organizations" />
      </PanelBody>
    </Panel>
  </>
)
