import { Notice } from '../components/notice.tsx'
import { SimplePage } from '../shell/simple-page.tsx'

interface WayBack {
  /** The page to go on from. */
  readonly page: string
}

export const UnavailablePage = ({ page }: WayBack) => (
  <SimplePage title="Not available right now">
    <Notice icon="clock" tone="warning">
      <h1>This is not available right now</h1>
      <p>A part of the service is out of reach. Please try again in a moment; it is safe to do so.</p>
      <div class="actions">
        <a class="button primary" href={page}>
          Try again
        </a>
      </div>
    </Notice>
  </SimplePage>
)

export const InternalErrorPage = ({ requestId }: { requestId: string }) => (
  <SimplePage title="Something went wrong">
    <Notice icon="notice" tone="warning">
      <h1>Something went wrong on our side</h1>
      <p>It has been recorded. If it happens again, pass on this request id:</p>
      <p>
        <code>{requestId}</code>
      </p>
    </Notice>
  </SimplePage>
)

export const ForeignRequestPage = ({ page }: WayBack) => (
  <SimplePage title="Request not accepted">
    <Notice icon="notice" tone="warning">
      <h1>This request came from elsewhere</h1>
      <p>To keep you safe, answers are only taken from the pages of this site. Nothing has happened.</p>
      <div class="actions">
        <a class="button primary" href={page}>
          Open the page
        </a>
      </div>
    </Notice>
  </SimplePage>
)

export const MalformedFormPage = ({ page }: WayBack) => (
  <SimplePage title="Form not readable">
    <Notice icon="notice" tone="warning">
      <h1>This form could not be read</h1>
      <p>The browser sent the form in a way that this page does not understand. Nothing has changed.</p>
      <div class="actions">
        <a class="button primary" href={page}>
          Open the page
        </a>
      </div>
    </Notice>
  </SimplePage>
)

export const MethodNotAllowedPage = ({ page }: WayBack) => (
  <SimplePage title="Nothing to do here">
    <Notice icon="link">
      <h1>There is nothing to do here</h1>
      <p>This address does not take that kind of request. Nothing has happened.</p>
      <div class="actions">
        <a class="button primary" href={page}>
          Open the page
        </a>
      </div>
    </Notice>
  </SimplePage>
)

export const HostNotServedPage = () => (
  <SimplePage title="Wrong URL">
    <Notice icon="link">
      <h1>This is not the right URL</h1>
      <p>The site is not available under this host name. Use the URL from your email or your bookmarks.</p>
    </Notice>
  </SimplePage>
)

export const TooManyRequestsPage = ({ page, seconds }: WayBack & { readonly seconds: number }) => (
  <SimplePage title="Too many requests">
    <Notice icon="clock" tone="warning">
      <h1>Too many requests from your network</h1>
      <p>Wait {seconds} seconds, then try again. Nothing was changed.</p>
      <div class="actions">
        <a class="button primary" href={page}>
          Try again
        </a>
      </div>
    </Notice>
  </SimplePage>
)
