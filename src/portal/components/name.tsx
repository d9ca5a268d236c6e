import { isolatedName, legibleName, shortName } from '../../mail/legible-name.ts'

const MAX_TITLE_NAME = 40

export const nameOf = (text: string | null): string => legibleName(text) ?? '(unnamed)'

/** For titles, which take no markup. */
export const titleName = (text: string): string => isolatedName(shortName(nameOf(text), MAX_TITLE_NAME))

/** A name that somebody wrote, in its own direction, apart from the words around it. */
export const Name = ({ children }: { children: string }) => <bdi dir="auto">{nameOf(children)}</bdi>
