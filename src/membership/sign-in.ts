/** A sign-in is noted only if the last noted one is so long ago: a person may sign in often, and each note goes to all organizations. */
export const SIGN_IN_RESOLUTION_MS = 60 * 60 * 1000

/** How someone proved who they are when a session began. */
export const SIGN_IN_METHODS = ['email_code', 'email_link', 'invitation'] as const
export type SignInMethod = (typeof SIGN_IN_METHODS)[number]
