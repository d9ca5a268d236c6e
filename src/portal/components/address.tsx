/** An email address. Where it is too long for one line, it goes on behind the @ rather than anywhere. */
export const Address = ({ children: email }: { children: string }) => {
  const domainAt = email.lastIndexOf('@') + 1
  return (
    <>
      {email.slice(0, domainAt)}
      <wbr />
      {email.slice(domainAt)}
    </>
  )
}
