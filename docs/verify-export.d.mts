export function hashOf(previous: string, event: object): string
export function firstBroken(lines: readonly string[]): number | null
