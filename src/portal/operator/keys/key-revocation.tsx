import type { OperatorKey } from '../../../membership/operator-key.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Name } from '../../components/name.tsx'
import { Time } from '../../components/time.tsx'
import { KEYS_PATH } from './keys-page.tsx'

export const KeyRevocation = ({ operatorKey }: { readonly operatorKey: OperatorKey }) => (
  <Confirm
    title="Revoke this operator key?"
    action={`${KEYS_PATH}/${operatorKey.id}/revoke`}
    verb="Revoke key"
    cancel={KEYS_PATH}
  >
    <p>
      <Name>{operatorKey.name}</Name> <code>…{operatorKey.lastFour}</code> stops working within five seconds, for good.
      Browsers that signed in with this key are signed out.
    </p>
    <p>
      {operatorKey.lastUsedAt === null ? (
        'The key was never used.'
      ) : (
        <>
          The key was last used on <Time at={operatorKey.lastUsedAt} />.
        </>
      )}
    </p>
  </Confirm>
)
