/** What is wrong with a slug that was chosen. */
export const SLUG_TEXTS = {
  slug_taken: 'This slug is taken. Choose another.',
  slug_reserved: 'This slug is reserved. Choose another.',
} as const
