/** Leading and trailing white space as signs, so that a delta's own space is seen. Pure. */
export function visibleSpaces(text: string): string {
  return text
    .replace(/^ +/, (spaces) => '␣'.repeat(spaces.length))
    .replace(/ +$/, (spaces) => '␣'.repeat(spaces.length))
    .replaceAll('\r', '␍')
    .replaceAll('\n', '↵')
    .replaceAll('\t', '⇥');
}
