/** Text with code in backticks. */
export const Prose = ({ text }: { readonly text: string }) => (
  <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>
)

export const Paragraphs = ({ text }: { readonly text: string }) => (
  <>
    {text.split('\n\n').map((paragraph) => (
      <p>
        <Prose text={paragraph} />
      </p>
    ))}
  </>
)

/** A block of code; it can be scrolled with the keyboard too. */
export const Code = ({ label, text }: { readonly label: string; readonly text: string }) => (
  <figure class="code">
    <figcaption>{label}</figcaption>
    <pre tabindex={0}>
      <code>{text}</code>
    </pre>
  </figure>
)

export const asJson = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
