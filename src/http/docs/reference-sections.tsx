import type { OpenApiDocument } from '../openapi/document-model.ts'
import { Properties } from './field-list.tsx'
import { asJson, Code, Prose } from './prose.tsx'
import { TypeName } from './type-name.tsx'

/** What operations share, and link to. */

export const Headers = ({ document: { components } }: { readonly document: OpenApiDocument }) => (
  <section class="chapter" id="headers" aria-labelledby="headers-title">
    <h2 id="headers-title">Headers</h2>
    <p>Of requests. Where an operation names them, it heeds them.</p>
    {Object.values(components.parameters).map(({ name, description = '', example }) => (
      <article class="header" id={`header-${name}`}>
        <h3>
          <a href={`#header-${name}`}>
            <code>{name}</code>
          </a>
        </h3>
        <p>
          <Prose text={description} />
        </p>
        <p class="type">
          As in <code>{`${name}: ${example}`}</code>
        </p>
      </article>
    ))}
  </section>
)

const isProblem = (name: string): boolean => name.endsWith('Problem')

export const Schemas = ({ document: { components } }: { readonly document: OpenApiDocument }) => (
  <section class="chapter" id="schemas" aria-labelledby="schemas-title">
    <h2 id="schemas-title">Resources and bodies</h2>
    {Object.entries(components.schemas)
      .filter(([name]) => !isProblem(name))
      .map(([name, schema]) => (
        <article class="schema" id={`schema-${name}`}>
          <h3>
            <a href={`#schema-${name}`}>{name}</a>
          </h3>
          {schema.description === undefined ? null : <p>{schema.description}</p>}
          {schema.properties === undefined ? (
            <p class="type">
              <TypeName schema={schema} />
            </p>
          ) : (
            <Properties schema={schema} />
          )}
        </article>
      ))}
  </section>
)

interface ProblemExample {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
}

export const Problems = ({ document: { components } }: { readonly document: OpenApiDocument }) => {
  const problems = Object.entries(components.examples).map(([name, { value }]) => ({
    name,
    problem: value as ProblemExample,
  }))
  return (
    <section class="chapter" id="problems" aria-labelledby="problems-title">
      <h2 id="problems-title">Problems</h2>
      <p>Every refusal is one of these. What a code carries beside the usual fields is in its example.</p>
      {problems
        .sort((a, b) => a.problem.status - b.problem.status || (a.name < b.name ? -1 : 1))
        .map(({ name, problem }) => (
          <article class="problem" id={`problem-${name}`}>
            <h3>
              <span class="status">{problem.status}</span>{' '}
              <a href={`#problem-${name}`}>
                <code>{problem.code}</code>
              </a>
            </h3>
            <p>
              {problem.title}. {problem.detail}
            </p>
            <details>
              <summary>Example</summary>
              <Code label={`${problem.status} application/problem+json`} text={asJson(problem)} />
            </details>
          </article>
        ))}
    </section>
  )
}
