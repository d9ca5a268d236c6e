import { createContext } from 'hono/jsx'

/** Whether the visitor sees everything and may change nothing: buttons that would change something are left out. */
export const ReadOnly = createContext(false)
