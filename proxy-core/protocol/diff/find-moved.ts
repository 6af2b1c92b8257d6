/** Which of a list of places are out of order: those that are not part of a longest increasing subsequence. Pure. */
export function findMoved(places: readonly number[]): Set<number> {
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, place] of places.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[tails[middle] as number] as number) < place) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? tails[low - 1] : undefined;
    tails[low] = index;
  }
  const moved = new Set(places);
  for (let at = tails.at(-1); at !== undefined; at = before[at]) moved.delete(places[at] as number);
  return moved;
}
