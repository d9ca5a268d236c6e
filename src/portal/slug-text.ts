/** What is wrong with a slug that was chosen. */
export const SLUG_TEXTS = {
  slug_taken: 'This address is taken. Choose another.',
  slug_reserved: 'This address is reserved. Choose another.',
} as const
