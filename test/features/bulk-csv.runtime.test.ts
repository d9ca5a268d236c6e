import { describe, expect, test } from 'vitest'
import { type Answer, expectInvalid, expectProblem } from '../support/api.ts'
import { created, newOrganization, type Team } from '../support/api-builders.ts'
import { everythingOf } from './storage.ts'

/* Bulk invitations as a file: `email,role,name` (RFC 4180), the header first, in the spellings that programs write it. */

const post = ({ owner, path }: Team, csv: string, query = '', type = 'text/csv'): Promise<Answer> =>
  owner.api.call('POST', `${path}/invitations/bulk${query}`, { raw: csv, headers: { 'Content-Type': type } })

async function given(): Promise<Team> {
  const team = await newOrganization()
  created(await team.owner.api.post(`${team.path}/roles`, { key: 'reader', name: 'Reader', permissions: [] }))
  return team
}

/** What was made of the rows: the invitations in the order of their addresses. */
async function invitations({ owner, path }: Team) {
  const { body } = await owner.api.get(`${path}/invitations?sort=email&limit=100`)
  return body.data.map(({ email, role, name }: Record<string, unknown>) => [email, role, name])
}

const ANN_AND_BOB = [
  ['ann@x.test', 'reader', 'Ann Lee'],
  ['bob@x.test', 'member', null],
]

describe('a file', () => {
  test.each([
    ['with line feeds', 'email,role,name\nann@x.test,reader,Ann Lee\nbob@x.test,,\n'],
    ['with carriage returns and line feeds', 'email,role,name\r\nann@x.test,reader,Ann Lee\r\nbob@x.test,,\r\n'],
    ['with a byte order mark', '\uFEFFemail,role,name\nann@x.test,reader,Ann Lee\nbob@x.test,,'],
    ['without a line end at its end', 'email,role,name\nann@x.test,reader,Ann Lee\nbob@x.test,,'],
    ['with empty lines', 'email,role,name\n\nann@x.test,reader,Ann Lee\n\n \nbob@x.test,,\n\n'],
    ['with every cell in quotes', '"email","role","name"\n"ann@x.test","reader","Ann Lee"\n"bob@x.test","",""\n'],
    ['with another order of columns', 'name,email,role\nAnn Lee,ann@x.test,reader\n,bob@x.test,\n'],
    ['with a header in capitals and spaces', ' Email , ROLE ,Name\nann@x.test,reader,Ann Lee\nbob@x.test,,\n'],
    ['with spaces around the cells', 'email,role,name\n ann@x.test , reader , Ann Lee \nbob@x.test, ,\n'],
    ['with short rows', 'email,role,name\nann@x.test,reader,Ann Lee\nbob@x.test\n'],
    ['with semicolons, as a spreadsheet writes them', 'email;role;name\nann@x.test;reader;Ann Lee\nbob@x.test;;\n'],
  ])('%s is read', async (_, csv) => {
    const team = await given()
    expect((await post(team, csv)).status).toBe(200)
    expect(await invitations(team)).toEqual(ANN_AND_BOB)
  })

  test.each(['text/csv; charset=utf-8', 'Text/CSV', 'text/csv;header=present'])('sent as %s is read', async (type) => {
    const team = await given()
    expect((await post(team, 'email\nann@x.test', '', type)).status).toBe(200)
  })

  test('may leave out roles and names', async () => {
    const team = await given()
    await post(team, 'email\nann@x.test\nbob@x.test\n')
    expect(await invitations(team)).toEqual([
      ['ann@x.test', 'member', null],
      ['bob@x.test', 'member', null],
    ])
  })

  test('takes the role of the query for whoever has none', async () => {
    const team = await given()
    await post(team, 'email,role\nann@x.test,\nbob@x.test,member\n', '?role=reader')
    expect((await invitations(team)).map(([, role]: string[]) => role)).toEqual(['reader', 'member'])
  })

  test('keeps what quotes hold together: commas, quotes, and letters of any script', async () => {
    const team = await given()
    await post(team, 'email,name\na@x.test,"Fox, Bob"\nb@x.test,"Bob ""the"" Fox"\nc@x.test,Müller 李 👩‍🚀\n')
    expect((await invitations(team)).map(([, , name]: string[]) => name)).toEqual([
      'Fox, Bob',
      'Bob "the" Fox',
      'Müller 李 👩‍🚀',
    ])
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("https://evil.test","x")'])(
    'takes the name %s for a name like any other',
    async (name) => {
      const team = await given()
      await post(team, `email,name\nann@x.test,"${name.replaceAll('"', '""')}"\n`)
      expect(await invitations(team)).toEqual([['ann@x.test', 'member', name]])
    },
  )

  test('has an outcome for each row, in the order given', async () => {
    const team = await given()
    const rows = ['new@x.test,,', 'NEW@x.test,,', 'nobody,,', `${team.owner.email},,`, 'b@x.test,ghost,', ',,x']
    const { body } = await post(team, ['email,role,name', ...rows].join('\r\n'))
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'invited',
      'duplicate',
      'invalid_email',
      'already_member',
      'role_not_allowed',
      'invalid_email',
    ])
  })

  test('of a thousand rows is a thousand invitations', async () => {
    const team = await given()
    const rows = Array.from({ length: 1_000 }, (_, index) => `row-${index}@x.test,reader,"Name, ${index}"`)
    const { body } = await post(team, ['email,role,name', ...rows].join('\r\n'))
    expect(body.seats).toMatchObject({ used: 1_001, pending: 1_000 })
    expect(body.results.at(-1)).toMatchObject({ email: 'row-999@x.test', outcome: 'invited' })
  })

  test('is tried out, and refused altogether, as the query says', async () => {
    const team = await given()
    const csv = 'email\nann@x.test\nnobody\n'
    const before = await everythingOf(team)
    expect((await post(team, csv, '?dry_run=true')).body).toMatchObject({ dry_run: true })
    expectProblem(await post(team, csv, '?mode=all'), 409, 'bulk_refused')
    expect(await everythingOf(team)).toEqual(before)
  })
})

describe('refused, with nothing done, is a file', () => {
  test.each([
    ['without addresses', 'name,role\nAnn,reader\n', 'email'],
    ['with a column that there is not', 'email,phone\nann@x.test,123\n', 'phone'],
    ['with two columns that there are not', 'email,phone,fax\nann@x.test,1,2\n', 'phone', 'fax'],
    ['without a header', 'ann@x.test,reader,Ann\n', 'ann@x.test', 'reader', 'ann'],
    ['with a header alone', 'email,role,name\n', ''],
    ['with a row of more cells than the header', 'email,name\nann@x.test,Lee, Ann\n', 'rows.0'],
    ['with a quote that never ends', 'email,name\nann@x.test,"Ann\nbob@x.test,Bob\n', 'rows.0'],
    ['with a name that is too long', `email,name\nann@x.test,Ann\nbob@x.test,${'x'.repeat(201)}\n`, 'rows.1.name'],
    ['with a name of two lines', 'email,name\nann@x.test,"Ann\nLee"\n', 'rows.0.name'],
  ])('%s', async (_, csv, ...paths) => {
    const team = await given()
    const before = await everythingOf(team)
    expectInvalid(await post(team, csv), ...paths)
    expect(await everythingOf(team)).toEqual(before)
  })

  test('that is empty', async () => {
    const team = await given()
    expectProblem(await post(team, ''), 422, 'invalid_request')
    expectProblem(await post(team, '\n\n'), 422, 'invalid_request')
  })

  test.each([
    ['?mode=some', 'mode'],
    ['?dry_run=yes', 'dry_run'],
    ['?role=No%20Role', 'role'],
    ['?emails=a@x.test', 'emails'],
  ])('sent with %s', async (query, path) => {
    expectInvalid(await post(await given(), 'email\nann@x.test', query), path)
  })

  test('of more than a mebibyte', async () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => `row-${index}@x.test,"${'x'.repeat(1_100)}"`)
    expectProblem(await post(await given(), ['email,name', ...rows].join('\n')), 413, 'payload_too_large')
  })
})

test('nothing but the bulk takes a file', async () => {
  const { owner, path } = await newOrganization()
  const call = { raw: 'email\nann@x.test', headers: { 'Content-Type': 'text/csv' } }
  expectProblem(await owner.api.call('POST', `${path}/invitations`, call), 415, 'unsupported_media_type')
})
