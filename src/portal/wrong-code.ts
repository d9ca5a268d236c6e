/** What to tell whoever typed another code than that of the newest mail. */
export function wrongCode(triesLeft: number): string {
  if (triesLeft === 0) return 'This is not the code, and there was no try left. Have a new one sent.'
  return `This is not the code of the newest mail. ${triesLeft === 1 ? 'One try is' : `${triesLeft} tries are`} left.`
}
