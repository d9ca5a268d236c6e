/* Scripts for the browser are taken in as text, by the rules in wrangler.toml, and served by the worker. */

declare module '*.client.js' {
  const text: string
  export default text
}

declare module 'htmx.org/dist/htmx.min.js' {
  const text: string
  export default text
}
