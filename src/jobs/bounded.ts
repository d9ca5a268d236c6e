import { failureOf } from '../records/failure.ts'

/** Works through all items, a few at a time. One that fails is logged, and does not keep the others from their turn. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
  failed: (item: T) => unknown = () => undefined,
): Promise<void> {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await work(item)
      } catch (error) {
        console.error({ message: 'a job failed and is left to the next run', error: failureOf(error) })
        failed(item)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
