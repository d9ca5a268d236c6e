export const ATTRIBUTE_TYPES = ['string', 'number', 'boolean', 'date', 'enum'] as const
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number]

export type AttributeValue = string | number | boolean

/** What is known of a person beside name and address, by the key of its definition. */
export type AttributeValues = { readonly [key: string]: AttributeValue }
