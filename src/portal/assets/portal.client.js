;(() => {
  document.documentElement.classList.add('htmx-ready')

  // A failed request leads to the page itself, which says what is wrong.
  document.addEventListener('htmx:error', ({ detail }) => {
    const address = detail.ctx?.request?.action
    if (address) location.assign(address)
  })

  // Menus are details elements: one at a time, closed by a click elsewhere and by Escape.
  const openMenus = () => document.querySelectorAll('details.menu[open]')
  document.addEventListener('click', ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    for (const menu of openMenus()) {
      const held = menu.contains(document.activeElement)
      menu.open = false
      if (held) menu.querySelector('summary').focus()
    }
  })
  document.addEventListener('focusin', ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false
  })

  // The arrow keys walk through an open menu.
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const menu = event.target.closest('details.menu')
    if (menu === null) return
    event.preventDefault()
    menu.open = true
    const items = [...menu.querySelectorAll('.menu-item')]
    const at = items.indexOf(document.activeElement)
    const next = event.key === 'ArrowDown' ? at + 1 : at < 0 ? items.length - 1 : at - 1
    items[(next + items.length) % items.length]?.focus()
  })

  // A link to a page that asks for confirmation opens what that page asks, here. Focus comes back to where it was, or to
  // the menu that the link stood in.
  // One listener for all of them: htmx would prepare each link of each row while the page loads.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-confirms]')
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    htmx.ajax('GET', link.href, { source: link, target: '#dialog', select: '.confirm', swap: 'innerHTML' })
  })
  let opener = null
  document.addEventListener('htmx:after:swap', () => {
    const dialog = document.querySelector('dialog.dialog')
    if (dialog === null || dialog.open || dialog.querySelector('.confirm') === null) return
    opener = document.activeElement
    for (const menu of openMenus()) menu.open = false
    dialog.showModal()
  })
  document.addEventListener('click', (event) => {
    const dialog = event.target.closest('dialog.dialog')
    if (dialog === null) return
    if (event.target !== dialog && event.target.closest('[data-close]') === null) return
    event.preventDefault()
    dialog.close()
  })
  document.addEventListener(
    'close',
    ({ target }) => {
      if (!target.matches?.('dialog.dialog')) return
      target.replaceChildren()
      ;(opener?.closest('details.menu')?.querySelector('summary') ?? opener)?.focus()
    },
    true,
  )

  // What needs the script is hidden where there is none.
  const reveal = () => {
    for (const element of document.querySelectorAll('[data-script][hidden]')) element.hidden = false
  }
  document.addEventListener('htmx:after:swap', reveal)
  document.addEventListener('DOMContentLoaded', reveal)

  document.addEventListener('click', async ({ target }) => {
    const button = target.closest('[data-copy]')
    if (button === null) return
    await navigator.clipboard.writeText(button.dataset.copy)
    const word = button.querySelector('[data-word]')
    const before = word.textContent
    word.textContent = button.dataset.done
    setTimeout(() => {
      word.textContent = before
    }, 2000)
  })

  // A role that was chosen is given by its button, which shows once there is something to save.
  document.addEventListener('change', ({ target }) => {
    const form = target.closest('form.role-form')
    if (form === null) return
    const changed = [...target.options].some((option) => option.selected !== option.defaultSelected)
    form.toggleAttribute('data-changed', changed)
  })

  // What a page has changed into by itself is where one reads on.
  document.addEventListener('htmx:after:swap', () => {
    const heading = document.querySelector('[data-arrived] h1')
    if (heading === null) return
    heading.tabIndex = -1
    heading.focus()
  })

  // On a phone, the part of the organization that one is in may lie beyond the edge. Not by `scrollIntoView`: the first
  // key would go on from there, and no longer lead past the navigation.
  document.addEventListener('DOMContentLoaded', () => {
    const current = document.querySelector('.sections [aria-current]')
    const list = current?.closest('ul')
    if (list) list.scrollLeft = current.getBoundingClientRect().right - list.getBoundingClientRect().right
  })

  // Twice clicked is once sent.
  document.addEventListener('submit', (event) => {
    if (event.target.method !== 'post') return
    if (event.target.dataset.sent) event.preventDefault()
    event.target.dataset.sent = 'yes'
  })
  addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
  })
})()
