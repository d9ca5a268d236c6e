import type { Verification } from '../../../onboarding/verify-log.ts'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'

interface VerificationPageProps {
  /** The URL path of the organization's pages. */
  readonly home: string
  readonly verification: Verification
  /** Where the verification goes on; null once it is over. */
  readonly next: string | null
}

export const VerificationPage = ({ home, verification, next }: VerificationPageProps) => {
  const path = `${home}/audit-log`
  return (
    <>
      <PageHeader title="Verification" up={{ href: path, name: 'Audit log' }}>
        Every entry carries a hash over itself and the entry before it.
      </PageHeader>
      <Panel>
        <Finding path={path} verification={verification} next={next} />
      </Panel>
    </>
  )
}

type FindingProps = Omit<VerificationPageProps, 'home'> & { readonly path: string }

const Finding = ({ path, verification: { verified, headSeq, firstBrokenSeq, isCompared }, next }: FindingProps) => {
  const again = <ButtonLink href={`${path}/verification`}>Verify again</ButtonLink>
  if (next !== null) {
    const goOn = <ButtonLink href={next}>Continue</ButtonLink>
    return (
      <EmptyState icon="check" title={`Verified ${verified.seq} of ${headSeq} entries`} actions={goOn}>
        <p>Nothing was changed so far. The page continues by itself.</p>
      </EmptyState>
    )
  }
  return firstBrokenSeq === null ? (
    <EmptyState icon="check" title={`Verified up to #${verified.seq}`} actions={again}>
      <p>No entry was changed, and none is missing.</p>
      {!isCompared && <p>The directory could not be reached, so its checkpoints were not compared.</p>}
    </EmptyState>
  ) : (
    <EmptyState icon="notice" title={`Broken at #${firstBrokenSeq}`} actions={again}>
      <p>
        Entry #{firstBrokenSeq} was changed or is missing. {verified.seq > 0 && `Verified up to #${verified.seq}.`}
      </p>
      <p>Export the log as it is, and tell the operator of this deployment.</p>
    </EmptyState>
  )
}
