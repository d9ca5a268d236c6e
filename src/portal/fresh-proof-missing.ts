/**
 * Thrown in the middle of a form that needs fresh proof, wherever that turns out: the form's page has nothing to say about
 * it, since the one page that asks for a code takes over and sends the form again.
 */
export class FreshProofMissing extends Error {}
