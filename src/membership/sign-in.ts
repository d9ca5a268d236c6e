/** How someone proved who they are when a session began. */
export const SIGN_IN_METHODS = ['email_code', 'email_link', 'invitation'] as const
export type SignInMethod = (typeof SIGN_IN_METHODS)[number]
