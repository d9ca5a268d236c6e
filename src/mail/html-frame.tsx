import type { PropsWithChildren } from 'hono/jsx'

/*
 * What all mails look like. Mail programs strip style sheets, so every element carries its style; the sheet only adds dark
 * colors where it is read. Nothing is loaded from anywhere. JSX escapes every value.
 */

const FONT = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif'
export const TEXT = `margin:0 0 16px;${FONT};font-size:16px;line-height:24px;color:#1f2430`
const SMALL = `margin:0 0 8px;${FONT};font-size:13px;line-height:20px;color:#5b6270`
const LINK = 'color:#2f56c9;word-break:break-all'
const BUTTON = `display:inline-block;padding:13px 26px;border-radius:8px;background-color:#2f56c9;${FONT};font-size:16px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none`

const DARK = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background-color: #14161b !important; }
  .card { background-color: #1e2129 !important; border-color: #343945 !important; }
  .text { color: #e8eaf0 !important; }
  .small { color: #a4abba !important; }
  .link { color: #9db4ff !important; }
}`

interface Frame {
  readonly title: string
  readonly greeting: string
  readonly headline: string
  /** What to do with the mail if it is none of one's business. */
  readonly note: string
  /** Where the recipient stops mails like this one. */
  readonly noMore?: { readonly label: string; readonly url: string }
}

export const HtmlFrame = ({ title, greeting, headline, note, noMore, children }: PropsWithChildren<Frame>) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
      <style>{DARK}</style>
    </head>
    <body class="page" style="margin:0;padding:0;background-color:#f3f4f7">
      <div class="page" style="padding:32px 16px;background-color:#f3f4f7">
        <div
          class="card"
          style="max-width:520px;margin:0 auto;padding:32px;background-color:#ffffff;border:1px solid #e1e4ea;border-radius:12px"
        >
          <p class="text" style={TEXT}>
            {greeting}
          </p>
          <h1 class="text" style={`${TEXT};font-size:21px;line-height:29px;font-weight:600`}>
            {headline}
          </h1>
          {children}
          <p class="small" style={`${SMALL};margin:24px 0 0`}>
            {note}
          </p>
          {noMore !== undefined && (
            <p class="small" style={`${SMALL};margin:12px 0 0`}>
              <a class="link" href={noMore.url} style={LINK}>
                {noMore.label}
              </a>
            </p>
          )}
        </div>
      </div>
    </body>
  </html>
)

/** The button, and the address in plain sight for whoever cannot or does not want to press it. */
export const Action = ({ label, url }: { readonly label: string; readonly url: string }) => (
  <>
    <p style="margin:24px 0 28px">
      <a href={url} style={BUTTON}>
        {label}
      </a>
    </p>
    <p class="small" style={SMALL}>
      If the button does not work, open this address:
    </p>
    <p class="small" style={SMALL}>
      <a class="link" href={url} style={LINK}>
        {url}
      </a>
    </p>
  </>
)
