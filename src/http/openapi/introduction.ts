/** What holds for all operations. Paragraphs, with code in backticks. */
export const INTRODUCTION = {
  summary: 'Who belongs to which organization, in which role, and who is invited.',
  description: [
    'JSON in UTF-8 with names in `snake_case`. Times are RFC 3339 in UTC with milliseconds. Ids begin with what they name: `org_`, `mem_`, `inv_`, `usr_`, `key_`, `opk_`, `evt_`. Every resource says in `object` what it is. Unknown fields are rejected, never ignored.',
    'Authenticate with `Authorization: Bearer`: the root key of the deployment may do everything, an operator key (`mok_…`) what its access allows, an API key what it was made for in its own organization; a token of an identity provider that the deployment trusts (a JWT) is the person whom it names. With the root key or an operator key, `Muster-On-Behalf-Of: usr_…` makes the call as that user: permissions are theirs, and the audit log names the user as `actor` and the operator as `via`.',
    'Lists come as `{"object":"list","data":[…],"next_cursor":…}`. A cursor goes on in the list that it came from, with the same filters and order.',
    'What is refused is answered with a problem document (RFC 9457, `application/problem+json`). Its `code` is stable and for programs; `title` and `detail` are for people. Something of another organization is 404, exactly like something that does not exist. An address that there is not is 404, a method that it does not take 405 with `Allow`. Requests are at most 1 MiB.',
    'Changes are safe to repeat with an `Idempotency-Key`. Answers about one organization carry its `Muster-Revision`. An answer that shows one resource of an organization carries an `ETag`; a write to that resource with this value as `If-Match` is made only if the resource has not changed since. Every answer carries `X-Request-Id`.',
  ].join('\n\n'),
}
