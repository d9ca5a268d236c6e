/** What to tell a person who typed another code than that of the newest mail. */
export function wrongCode(triesLeft: number): string {
  if (triesLeft === 0) return `This is not the code, and no more tries are left here. ${USE_THE_LINK}`
  return `This is not the code of the newest mail. ${triesLeft === 1 ? 'One try is' : `${triesLeft} tries are`} left.`
}

export const USE_THE_LINK = 'Open the link in the mail instead.'
