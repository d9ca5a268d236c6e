import type { OpenApiDocument } from '../openapi/document-model.ts'
import { Method, OperationSection } from './operation-section.tsx'
import { type Chapter, chaptersOf } from './operations-by-tag.ts'
import { Paragraphs } from './prose.tsx'
import { Headers, Problems, Schemas } from './reference-sections.tsx'
import { STYLESHEET_PATH } from './stylesheet.ts'

const FAVICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232f56c9'/%3E%3Ccircle cx='5' cy='8' r='2' fill='white'/%3E%3Ccircle cx='11' cy='8' r='2' fill='white'/%3E%3C/svg%3E"

interface Props {
  readonly document: OpenApiDocument
  /** Where examples call. */
  readonly origin: string
}

/** Everything on one page, so that the browser's own search finds all of it. A whole document, without the doctype. */
export const DocsPage = ({ document, origin }: Props) => {
  const chapters = chaptersOf(document)
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Muster API</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href={FAVICON} />
        <link rel="stylesheet" href={STYLESHEET_PATH} />
      </head>
      <body>
        <nav class="index" aria-label="Contents">
          <Index chapters={chapters} />
        </nav>
        <main>
          <Introduction document={document} />
          <details class="contents">
            <summary>Contents</summary>
            <Index chapters={chapters} />
          </details>
          {chapters.map((chapter) => (
            <section class="chapter" id={chapter.id} aria-labelledby={`${chapter.id}-title`}>
              <h2 id={`${chapter.id}-title`}>{chapter.name}</h2>
              <p>{chapter.description}</p>
              {chapter.operations.map((operation) => (
                <OperationSection operation={operation} document={document} origin={origin} />
              ))}
            </section>
          ))}
          <Headers document={document} />
          <Schemas document={document} />
          <Problems document={document} />
        </main>
      </body>
    </html>
  )
}

const Introduction = ({ document: { info } }: { readonly document: OpenApiDocument }) => (
  <header class="introduction">
    <h1>Muster API</h1>
    <p class="lead">{info.summary}</p>
    <Paragraphs text={info.description} />
    <p>
      For programs: <a href="/openapi.json">OpenAPI 3.1</a>.
    </p>
  </header>
)

const Index = ({ chapters }: { readonly chapters: readonly Chapter[] }) => (
  <>
    {chapters.map(({ id, name, operations }) => (
      <>
        <a class="chapter-link" href={`#${id}`}>
          {name}
        </a>
        <ul>
          {operations.map(({ operationId, summary, method }) => (
            <li>
              <a href={`#${operationId}`}>
                {summary} <Method name={method} />
              </a>
            </li>
          ))}
        </ul>
      </>
    ))}
    <a class="chapter-link" href="#headers">
      Headers
    </a>
    <a class="chapter-link" href="#schemas">
      Resources and bodies
    </a>
    <a class="chapter-link" href="#problems">
      Problems
    </a>
  </>
)
