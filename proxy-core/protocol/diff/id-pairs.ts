/**
 * Which id of one stream stands for which of another: paired where they first meet in the same role, and
 * held to that from then on, so that a consistent renaming is no difference. Pure.
 */
export interface IdPair {
  left: string;
  right: string;
}

export interface IdPairs {
  /** False when one of the two has another counterpart already. */
  match(left: string, right: string): boolean;
  /** In order of first meeting. */
  list(): IdPair[];
}

export function createIdPairs(): IdPairs {
  const toRight = new Map<string, string>();
  const toLeft = new Map<string, string>();
  return {
    match(left, right) {
      const known = toRight.get(left);
      if (known !== undefined) return known === right;
      if (toLeft.has(right)) return false;
      toRight.set(left, right);
      toLeft.set(right, left);
      return true;
    },
    list: () => [...toRight].map(([left, right]) => ({ left, right })),
  };
}
