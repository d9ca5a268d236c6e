import type { ApiKey } from '../../../membership/api-key.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Name } from '../../components/name.tsx'
import { Time } from '../../components/time.tsx'
import type { Workplace } from '../../workplace.ts'

interface ApiKeyRevocationProps {
  readonly workplace: Workplace
  readonly apiKey: ApiKey
}

export const ApiKeyRevocation = ({ workplace, apiKey }: ApiKeyRevocationProps) => (
  <Confirm
    title="Revoke this API key?"
    action={`${workplace.path}/api-keys/${apiKey.id}/revoke`}
    verb="Revoke key"
    cancel={`${workplace.path}/api-keys`}
  >
    <p>
      <Name>{apiKey.name}</Name> <code>…{apiKey.lastFour}</code> stops working with the next call, for good.
    </p>
    <p>
      {apiKey.lastUsedAt === null ? (
        'It has never been used.'
      ) : (
        <>
          It was last used on <Time at={apiKey.lastUsedAt} />.
        </>
      )}
    </p>
  </Confirm>
)
