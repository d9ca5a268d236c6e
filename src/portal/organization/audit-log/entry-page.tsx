import { isErased, type OrganizationEvent, type Target } from '../../../membership/event.ts'
import { shownEvent } from '../../../records/event-chain.ts'
import { Alert } from '../../components/alert.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Detail, Details, Panel, PanelBody } from '../../components/panel.tsx'
import { Sentence } from '../../components/sentence.tsx'
import { Time } from '../../components/time.tsx'
import { actorPhrase, type Glossary, viaPhrase, wholeSentence } from '../../event-sentence.ts'
import { EntryData } from './entry-data.tsx'
import { EVENT_NAMES } from './event-kinds.ts'
import { EVERYTHING, logAddress } from './log-choice.ts'

interface EntryPageProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly event: OrganizationEvent
  readonly glossary: Glossary
  /** Is there an entry after this one? */
  readonly hasNewer: boolean
}

export const EntryPage = ({ home, event, glossary, hasNewer }: EntryPageProps) => {
  const path = `${home}/audit-log`
  const { seq } = event
  return (
    <>
      <PageHeader
        title={`Entry #${seq}`}
        up={{ href: path, name: 'Audit log' }}
        actions={
          <>
            {seq > 1 && <ButtonLink href={`${path}/${seq - 1}`}>Older</ButtonLink>}
            {hasNewer && <ButtonLink href={`${path}/${seq + 1}`}>Newer</ButtonLink>}
          </>
        }
      >
        <Sentence words={wholeSentence(event, glossary)} />
      </PageHeader>
      {isErased(event) && (
        <Alert tone="info" title="Redacted">
          <p>
            Personal data in this entry was erased together with an account. A later entry says so. The chain of hashes
            is unbroken.
          </p>
        </Alert>
      )}
      <Panel>
        <PanelBody>
          <Facts path={path} event={event} glossary={glossary} />
        </PanelBody>
      </Panel>
      <EntryData data={event.data} />
      <Panel title="Proof" lead="The hash covers this entry and the hash of the one before.">
        <PanelBody>
          <p class="hash">
            <code>{event.hash}</code>
          </p>
          <details>
            <summary>As the API shows it</summary>
            <pre class="raw">{JSON.stringify(shownEvent(event), null, 2)}</pre>
          </details>
        </PanelBody>
      </Panel>
    </>
  )
}

type FactsProps = Pick<EntryPageProps, 'event' | 'glossary'> & { readonly path: string }

const Facts = ({ path, event, glossary }: FactsProps) => {
  const { actor, target } = event
  return (
    <Details>
      <Detail term="When">
        <Time at={event.occurredAt} precision="second" />
      </Detail>
      <Detail term="What">
        {EVENT_NAMES[event.type]} <code>{event.type}</code>
      </Detail>
      <Detail term="Done by">
        <Sentence words={[...actorPhrase(event, glossary), ...viaPhrase(event, glossary.names)]} />
        {actor.id !== null && (
          <Reference id={actor.id} href={logAddress(path, { ...EVERYTHING, actor: actor.id })} what="by them" />
        )}
      </Detail>
      <Detail term="Done to">
        <TargetName target={target} glossary={glossary} />
        <Reference id={target.id} href={logAddress(path, { ...EVERYTHING, target: target.id })} what="about it" />
      </Detail>
      <Detail term="Entry">
        <code>{event.id}</code>
      </Detail>
    </Details>
  )
}

interface TargetNameProps {
  readonly target: Target
  readonly glossary: Glossary
}

const TargetName = ({ target: { type, id }, glossary: { names, roles } }: TargetNameProps) => {
  const name = type === 'role' ? roles.find(({ key }) => key === id)?.name : names[id]
  return name === undefined ? TARGETS[type] : <Name>{name}</Name>
}

const TARGETS: { readonly [type in Target['type']]: string } = {
  organization: 'The organization',
  member: 'A member',
  invitation: 'An invitation',
  role: 'A role',
  api_key: 'An API key',
}

interface ReferenceProps {
  readonly id: string
  readonly href: string
  readonly what: string
}

/** By which one finds it in an export, and the entries beside this one. */
const Reference = ({ id, href, what }: ReferenceProps) => (
  <span class="reference">
    <code>{id}</code> <a href={href}>Everything {what}</a>
  </span>
)
