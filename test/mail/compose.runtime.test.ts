import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InvitationMessage } from '../../src/contract/mail-message.ts'
import { composeInvitation } from '../../src/mail/compose.tsx'
import { invitationMessage } from '../support/mails.ts'

const html = (differences: Partial<InvitationMessage> = {}, label = 'Workspace') =>
  composeInvitation(invitationMessage(differences), {
    url: 'https://muster.test/invitations/token',
    noInvitationsUrl: 'https://muster.test/no-invitations/token',
    label: { singular: label, plural: `${label}s` },
  }).html

/** Every element with its attributes, and every comment, as the runtime's own HTML parser sees them. */
async function structure(document: string): Promise<string[]> {
  const seen: string[] = []
  const rewriter = new HTMLRewriter()
    .on('*', { element: ({ tagName, attributes }) => void seen.push(JSON.stringify([tagName, ...attributes])) })
    .onDocument({ comments: ({ text }) => void seen.push(`comment ${text}`) })
  await rewriter.transform(new Response(document)).text()
  return seen
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '=',
        '</',
        '<!--',
        '-->',
        '<script>',
        '</style>',
        '</title>',
        ' x',
        '&lt;',
        'a',
      ),
    )
    .map((pieces) => pieces.join('')),
)

test('whatever the names are, they add no element, attribute or comment to the HTML', async () => {
  const plain = await structure(html())
  expect(plain.length).toBeGreaterThan(20)
  await fc.assert(
    fc.asyncProperty(
      anyText,
      anyText,
      anyText,
      anyText,
      anyText,
      async (organizationName, inviter, roleName, name, label) => {
        const document = html({ organizationName, inviter: `x${inviter}`, roleName, name }, label)
        expect(await structure(document)).toEqual(plain)
      },
    ),
  )
})
