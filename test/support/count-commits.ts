/*
 * Counts the commits of an object's storage. The platform commits what was written in one stretch without an await together,
 * and never less than one transaction; so stretches that write are counted, which are commits or more.
 */

export interface CommitCount {
  commits: number
}

/** From now on, for as long as the object lives. */
export function countCommits(storage: DurableObjectStorage): CommitCount {
  const count = { commits: 0 }
  let isCounted = false
  const wrote = () => {
    if (isCounted) return
    isCounted = true
    count.commits += 1
    queueMicrotask(() => {
      isCounted = false
    })
  }
  const { sql } = storage
  const exec = sql.exec.bind(sql)
  Object.defineProperty(sql, 'exec', {
    configurable: true,
    value: (query: string, ...values: SqlStorageValue[]) => {
      if (!/^\s*(select|with[^;]*\bselect\b)/i.test(query)) wrote()
      return exec(query, ...values)
    },
  })
  for (const name of ['setAlarm', 'deleteAlarm'] as const) {
    const change = storage[name].bind(storage) as (...given: unknown[]) => Promise<void>
    Object.defineProperty(storage, name, {
      configurable: true,
      value: (...given: unknown[]) => {
        wrote()
        return change(...given)
      },
    })
  }
  return count
}
