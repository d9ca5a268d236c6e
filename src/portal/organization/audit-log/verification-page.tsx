import type { Verification } from '../../../membership/queries.ts'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'

interface VerificationPageProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly verification: Verification
}

export const VerificationPage = ({ home, verification }: VerificationPageProps) => {
  const path = `${home}/audit-log`
  const again = <ButtonLink href={`${path}/verification`}>Verify again</ButtonLink>
  return (
    <>
      <PageHeader title="Verification" up={{ href: path, name: 'Audit log' }}>
        Every entry carries a hash over itself and the entry before it.
      </PageHeader>
      <Panel>
        {verification.firstBrokenSeq === null ? (
          <EmptyState icon="check" title={`Verified up to #${verification.verifiedUpTo}`} actions={again}>
            <p>Each entry follows from the one before: none was changed, and none is missing.</p>
          </EmptyState>
        ) : (
          <EmptyState icon="notice" title={`Broken at #${verification.firstBrokenSeq}`} actions={again}>
            <p>
              Entry #{verification.firstBrokenSeq} was changed, or is missing: it does not follow from the one before.{' '}
              {verification.verifiedUpTo > 0 && `Verified up to #${verification.verifiedUpTo}.`}
            </p>
            <p>Export the log as it is, and tell whoever runs this deployment.</p>
          </EmptyState>
        )}
      </Panel>
    </>
  )
}
