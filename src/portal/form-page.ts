/** The path of the page whose form is sent to this path; a page's own path stays. */
export const formPage = (path: string): string => path.replace(/\/(?:accept|decline|switch-account)$/, '')
