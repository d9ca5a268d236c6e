import type { AttributeDefinition } from '../../../membership/attributes.ts'
import { Confirm } from '../../components/confirm.tsx'
import { titleName } from '../../components/name.tsx'
import { ATTRIBUTES_PATH } from './attributes-page.tsx'

export const AttributeDeletion = ({ definition: { key, label } }: { readonly definition: AttributeDefinition }) => (
  <Confirm
    title={`Delete ${titleName(label)}?`}
    action={`${ATTRIBUTES_PATH}/${key}/delete`}
    verb="Delete attribute"
    cancel={ATTRIBUTES_PATH}
  >
    <p>
      Nobody is asked for it any more, and what people have said is not shown. The values are kept: they show again once
      there is an attribute of the same key and type.
    </p>
  </Confirm>
)
