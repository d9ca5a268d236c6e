/* Drawn on a grid of 24 in the color of the text; they say nothing that the words beside them do not. */

const SHAPES = {
  back: <path d="m14.5 6-6 6 6 6" />,
  building: (
    <>
      <rect x="5" y="4" width="14" height="16" rx="2" />
      <path d="M9 8.5h1.5M13.5 8.5H15M9 12h1.5M13.5 12H15M10 20v-3.5h4V20" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7.5V12l3 2" />
    </>
  ),
  copy: (
    <>
      <rect x="8.5" y="8.5" width="11" height="11" rx="2" />
      <path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2" />
    </>
  ),
  cross: <path d="m7 7 10 10M17 7 7 17" />,
  device: (
    <>
      <rect x="4" y="5" width="16" height="11" rx="2" />
      <path d="M9 20h6" />
    </>
  ),
  down: <path d="m6 9.5 6 6 6-6" />,
  key: (
    <>
      <circle cx="8.5" cy="12" r="4" />
      <path d="M12.5 12H21m-3 0v3.5" />
    </>
  ),
  leave: <path d="M14 5H7a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h7M11 12h9.5m-3.5-3.5 3.5 3.5-3.5 3.5" />,
  link: (
    <>
      <path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-.9.9" />
      <path d="M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l.9-.9" />
    </>
  ),
  mail: (
    <>
      <rect x="3.5" y="5.5" width="17" height="13" rx="2.5" />
      <path d="m4.5 8 7.5 5.5L19.5 8" />
    </>
  ),
  more: <path d="M6 12v.01M12 12v.01M18 12v.01" stroke-width="2.75" />,
  notice: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 8v4.5M12 15.9v.1" />
    </>
  ),
  pause: <path d="M9 7v10M15 7v10" />,
  person: (
    <>
      <circle cx="12" cy="8.5" r="3.75" />
      <path d="M5 19.5c.8-3.6 3.5-5.5 7-5.5s6.2 1.9 7 5.5" />
    </>
  ),
  plus: <path d="M12 5.5v13M5.5 12h13" />,
  search: (
    <>
      <circle cx="11" cy="11" r="6" />
      <path d="m15.5 15.5 4.5 4.5" />
    </>
  ),
  up: <path d="m6 14.5 6-6 6 6" />,
  updown: <path d="m8 9.5 4-4 4 4M8 14.5l4 4 4-4" />,
}

export type IconName = keyof typeof SHAPES

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    {SHAPES[name]}
  </svg>
)
