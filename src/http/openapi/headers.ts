import type { HeaderObject, Parameter, Reference } from './document-model.ts'

const text = { type: 'string' } as const
const count = { type: 'integer', minimum: 0 } as const

/** What answers carry. */
export const HEADERS = {
  'X-Request-Id': {
    description: 'Names the request in the logs: yours, if you sent one of sane form.',
    required: true,
    schema: text,
  },
  'Muster-Revision': {
    description: 'The revision of the organization after the call: it rises with every change of anything in it.',
    required: true,
    schema: count,
  },
  ETag: {
    description: 'The revision of the resource in the answer, in quotes; for If-Match.',
    schema: { type: 'string', pattern: '^"\\d{1,15}"$' },
  },
  'Idempotency-Replayed': {
    description: '`true` when this is the answer to an earlier call with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Retry-After': { description: 'Seconds until it is worth another try.', required: true, schema: count },
  'WWW-Authenticate': { description: 'How to authenticate.', required: true, schema: text },
  'Muster-Device': {
    description: 'Names the device that has signed in. Send it with later sign-ins of the same device.',
    required: true,
    schema: text,
  },
  Allow: { description: 'The methods that this address takes.', required: true, schema: text },
  'Content-Disposition': { description: 'The name of the file.', required: true, schema: text },
} as const satisfies Record<string, HeaderObject>

export type HeaderName = keyof typeof HEADERS

const isHeader = (name: string): name is HeaderName => name in HEADERS

/** References to the headers of an answer; every answer carries X-Request-Id. */
export function headersOf(names: readonly string[]): Record<string, HeaderObject | Reference> {
  return Object.fromEntries(
    ['X-Request-Id', ...names].map((name) => {
      if (!isHeader(name)) throw new Error(`The header ${name} has no description`)
      return [name, { $ref: `#/components/headers/${name}` }]
    }),
  )
}

/** A refusal tells the revision too, as soon as it is known whose. */
export const REVISION_OF_REFUSAL = {
  'Muster-Revision': { description: 'Where the refusal is about one organization.', schema: count },
}

/** What requests may carry. */
export const REQUEST_HEADERS = {
  'Idempotency-Key': {
    description:
      'Makes the call safe to repeat: for 24 hours the same key with the same request gets the first answer again, and nothing is done twice.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^,]+$' },
    example: '4d3f2c66-6f0e-4a0b-8c7c-2f9f0a7d1e52',
  },
  'If-Match': {
    description:
      'The revision of the resource that you know, as in its ETag. If the resource has changed since: 412, and nothing is done.',
    schema: { type: 'string', pattern: '^(?:"\\d{1,15}"|\\*)$' },
    example: '"12"',
  },
  'Muster-On-Behalf-Of': {
    description: 'With the operator key: the call is made, and recorded, as by this user.',
    schema: { type: 'string', pattern: '^usr_[0-7][0-9a-hjkmnp-tv-z]{25}$' },
    example: 'usr_01h455vb4pex5vsknk084sn02q',
  },
  'Muster-Device': {
    description:
      'From the answer to an earlier sign-in on the same device. Requests of other people do not use up its share of codes and tries.',
    schema: text,
    example: 'k1.Zm9yIGRvY3VtZW50YXRpb2.Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHNpZ25hdHV',
  },
  'X-Request-Id': {
    description: 'Names the request in the logs and in the answer; of up to 255 letters, digits, `_`, `-` and `=`.',
    schema: text,
    example: 'checkout-7f3a',
  },
} as const satisfies Record<string, Omit<Parameter, 'name' | 'in'>>

export type RequestHeaderName = keyof typeof REQUEST_HEADERS

export const headerParameter = (name: RequestHeaderName): Reference => ({ $ref: `#/components/parameters/${name}` })
