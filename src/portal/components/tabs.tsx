interface Tab {
  readonly name: string
  readonly href: string
  readonly current: boolean
}

/** Several views of one thing, each with its own address. */
export const Tabs = ({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) => (
  <nav class="tabs" aria-label={label}>
    {tabs.map(({ name, href, current }) => (
      <a href={href} aria-current={current ? 'page' : undefined}>
        {name}
      </a>
    ))}
  </nav>
)
