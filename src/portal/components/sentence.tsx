import type { Sentence as Words } from '../event-sentence.ts'
import { Name } from './name.tsx'

/** An entry of the audit log in words; what somebody chose stands out from what happened. */
export const Sentence = ({ words }: { readonly words: Words }) => (
  <>
    {words.map((piece) =>
      typeof piece === 'string' ? (
        piece
      ) : (
        <strong>
          <Name>{piece.name}</Name>
        </strong>
      ),
    )}
  </>
)
