import { beforeAll, describe, expect, test, vi } from 'vitest'
import { SharedBatches } from '../../src/directory/shared-batches.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

interface Item {
  readonly owner: string
  readonly text: string
}
const item = (owner: string, text = owner): Item => ({ owner, text })
const POISON = 'poison'
const OUTAGE = 'outage'

/** A database that writes when it is told to, unless a test says otherwise. */
function given(limits: ConstructorParameters<typeof SharedBatches>[0]['limits'] = {}) {
  const batches: string[][] = []
  let broken: string | null = null
  const gate = { closed: false, open: () => {} }
  const shared = new SharedBatches<Item, string>({
    write: async (items) => {
      batches.push(items.map(({ text }) => text))
      if (gate.closed) await new Promise<void>((resolve) => (gate.open = resolve))
      if (broken !== null) throw new Error(broken)
      if (items.some(({ text }) => text === POISON)) throw new Error(POISON)
      return items.map(({ text }) => `wrote ${text}`)
    },
    bytesOf: ({ text }) => text.length,
    ownerOf: ({ owner }) => owner,
    isAboutData: (error) => String(error).includes(POISON),
    limits: { betweenBatchesMs: 5, ...limits },
  })
  const fails = (error: string | null) => (broken = error)
  return { shared, batches, gate, fails }
}

const wrote = (text: string) => ({ ok: true, value: `wrote ${text}` })
const failed = (detail: string) => ({ ok: false, error: { code: 'failed', detail: `Error: ${detail}` } })
const owners = (count: number) => Array.from({ length: count }, (_, index) => `o${index}`)

test('what arrives while a batch is under way goes with the next one, and each caller gets its own answer', async () => {
  const { shared, batches, gate } = given()
  gate.closed = true
  const first = shared.add(item('first'))
  await vi.waitFor(() => expect(batches).toHaveLength(1))
  const others = owners(100).map((owner) => shared.add(item(owner)))
  gate.closed = false
  gate.open()

  expect(await first).toEqual(wrote('first'))
  expect(await Promise.all(others)).toEqual(owners(100).map(wrote))
  expect(batches).toEqual([['first'], owners(100)])
})

test('nobody is answered before the batch is written', async () => {
  const { shared, batches, gate } = given()
  gate.closed = true
  const answered = vi.fn()
  const adding = shared.add(item('acme')).then(answered)
  await vi.waitFor(() => expect(batches).toHaveLength(1))
  expect(answered).not.toHaveBeenCalled()

  gate.open()
  await adding
  expect(answered).toHaveBeenCalledWith(wrote('acme'))
})

describe('a batch that fails', () => {
  test('because of one owner fails for that owner alone', async () => {
    const { shared, batches } = given()
    const all = [item('a'), item('bad', 'good text'), item('b'), item('bad', POISON), item('c')]

    const answers = await Promise.all(all.map((one) => shared.add(one)))

    expect(answers).toEqual([wrote('a'), failed(POISON), wrote('b'), failed(POISON), wrote('c')])
    expect(batches.slice(1)).toEqual([['a'], ['good text', POISON], ['b'], ['c']])
  })
  test('because the database is out of reach fails for everyone after one repetition', async () => {
    const { shared, batches, fails } = given()
    fails(OUTAGE)

    const answers = await Promise.all(owners(50).map((owner) => shared.add(item(owner))))

    expect(answers).toEqual(owners(50).map(() => failed(OUTAGE)))
    expect(batches).toEqual([owners(50), ['o0']])
    fails(null)
    expect(await shared.add(item('later'))).toEqual(wrote('later'))
  })
  test('without any answer fails after a while, and the next one is written', async () => {
    const { shared, batches, gate } = given({ timeoutMs: 20 })
    gate.closed = true
    const first = shared.add(item('first'))
    await vi.waitFor(() => expect(batches).toHaveLength(1))
    gate.closed = false

    expect(await first).toMatchObject({ ok: false, error: { code: 'failed' } })
    expect(await shared.add(item('second'))).toEqual(wrote('second'))
  })
})

describe('what waits is bounded', () => {
  test('by the number of callers', async () => {
    const { shared } = given({ waitingItems: 3 })

    const answers = await Promise.all(owners(5).map((owner) => shared.add(item(owner))))

    const busy = { ok: false, error: { code: 'busy' } }
    expect(answers).toEqual([wrote('o0'), wrote('o1'), wrote('o2'), busy, busy])
    expect(await shared.add(item('later'))).toEqual(wrote('later'))
  })
  test('by bytes, the batch under way included; one item is always taken', async () => {
    const { shared, batches, gate } = given({ waitingBytes: 10 })
    gate.closed = true
    const large = shared.add(item('large', 'x'.repeat(30)))
    await vi.waitFor(() => expect(batches).toHaveLength(1))

    expect(await shared.add(item('small'))).toEqual({ ok: false, error: { code: 'busy' } })
    gate.closed = false
    gate.open()
    expect(await large).toMatchObject({ ok: true })
    expect(await shared.add(item('small'))).toEqual(wrote('small'))
  })
  test('and a batch takes no more bytes than it may, in the order of arrival', async () => {
    const { shared, batches } = given({ batchBytes: 10 })
    const texts = ['aaaa', 'bbbb', 'cccc', 'd'.repeat(20), 'e']

    const answers = await Promise.all(texts.map((text) => shared.add(item(text, text))))

    expect(answers).toEqual(texts.map(wrote))
    expect(batches).toEqual([['aaaa', 'bbbb'], ['cccc'], ['d'.repeat(20)], ['e']])
  })
})
