import { Alert } from '../../components/alert.tsx'
import { PageHeader } from '../../components/page-header.tsx'

export const UnreachablePage = () => (
  <>
    <PageHeader title="Health" />
    <Alert tone="bad" title="A database is out of reach.">
      <p>
        Members can still be managed: every organization answers for itself. Sign-in, search and lists across
        organizations do not work until D1 answers again; what changes meanwhile is brought there afterwards.
      </p>
    </Alert>
  </>
)
