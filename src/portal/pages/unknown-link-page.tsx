import { Notice } from '../components/notice.tsx'
import { SimplePage } from '../shell/simple-page.tsx'

export const UnknownLinkPage = () => (
  <SimplePage title="Link not found">
    <Notice icon="link">
      <h1>This link does not work</h1>
      <p>It may have been cut off or changed on its way to you. Copy the whole link from the mail and try again.</p>
      <p>If it still does not work, ask whoever invited you to send the invitation once more.</p>
    </Notice>
  </SimplePage>
)
