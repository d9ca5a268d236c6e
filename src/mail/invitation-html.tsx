import { Action, HtmlFrame, TEXT } from './html-frame.tsx'

/** What both renderings say. */
export interface InvitationContent {
  readonly greeting: string
  readonly headline: string
  readonly facts: readonly { readonly term: string; readonly value: string }[]
  readonly url: string
  readonly noInvitationsUrl: string
  readonly note: string
}

export const InvitationHtml = ({ facts, url, noInvitationsUrl, ...frame }: InvitationContent & { title: string }) => (
  <HtmlFrame {...frame} noMore={{ label: 'No more invitations', url: noInvitationsUrl }}>
    <Facts facts={facts} />
    <Action label="Accept the invitation" url={url} />
  </HtmlFrame>
)

const Facts = ({ facts }: Pick<InvitationContent, 'facts'>) => (
  <div style="margin:0 0 16px">
    {facts.map(({ term, value }) => (
      <p class="text" style={`${TEXT};margin:0 0 4px;overflow-wrap:anywhere`}>
        <span class="small" style="color:#5b6270">
          {term}:
        </span>{' '}
        <strong style="font-weight:600">{value}</strong>
      </p>
    ))}
  </div>
)
