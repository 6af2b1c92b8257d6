/** Makes a switch over a union exhaustive at compile time; reached only when a cast lied. */
export function assertNever(value: never, what = 'value'): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}
