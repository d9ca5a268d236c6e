import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Panel } from '../components/panel.tsx'
import type { PortalEnvironment } from '../environment.ts'
import { takeFlash } from '../flash.ts'
import { isPartial } from '../lead-to.ts'
import { page } from '../page.ts'
import { OperatorShell, type OperatorShellProps } from './operator-shell.tsx'

type OperatorPage = Omit<OperatorShellProps, 'flash' | 'operator' | 'children'> & {
  readonly status?: ContentfulStatusCode
}

/** A page of the operator. */
export function operatorPage(
  c: Context<PortalEnvironment>,
  { status = 200, ...props }: OperatorPage,
  content: Child,
): Response | Promise<Response> {
  return page(
    c,
    <OperatorShell flash={isPartial(c) ? null : takeFlash(c)} operator={c.var.operator} {...props}>
      {content}
    </OperatorShell>,
    status,
  )
}

export const nothingHere = (c: Context<PortalEnvironment>): Response | Promise<Response> =>
  operatorPage(
    c,
    { title: 'Not found', status: 404 },
    <Panel>
      <EmptyState
        icon="link"
        title="There is nothing here"
        level={1}
        actions={<ButtonLink href="/operator">Go to the organizations</ButtonLink>}
      >
        <p>The address may be wrong, or what it led to is gone.</p>
      </EmptyState>
    </Panel>,
  )

const refusal = (c: Context<PortalEnvironment>, title: string, text: string): Response | Promise<Response> =>
  operatorPage(
    c,
    { title, status: 403 },
    <Panel>
      <EmptyState
        icon="key"
        title={title}
        level={1}
        actions={<ButtonLink href="/operator">Go to the organizations</ButtonLink>}
      >
        <p>{text}</p>
      </EmptyState>
    </Panel>,
  )

export const readOnlyRefusal = (c: Context<PortalEnvironment>): Response | Promise<Response> =>
  refusal(c, 'Your key is read-only', 'Nothing was changed. Sign in with a key that has write access.')

export const rootRefusal = (c: Context<PortalEnvironment>): Response | Promise<Response> =>
  refusal(c, 'This needs the root key', 'Only the root key of the deployment manages operator keys. Sign in with it.')
