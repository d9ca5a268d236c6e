import { Icon } from './icon.tsx'

/** Only the script can copy; without it the text is there to be selected. */
export const CopyButton = ({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) => (
  <button type="button" class="button small" data-copy={text} data-done="Copied" data-script hidden>
    <Icon name="copy" />
    <span data-word aria-live="polite">
      {label}
    </span>
  </button>
)
