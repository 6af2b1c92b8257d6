/**
 * A thread is started by file: as source it lies beside the module that starts it, and built beside the bundle,
 * where it is an entry of its own (vite.config.ts).
 * @param from `import.meta.url` of the module that starts it.
 * @param entry its name in the bundle, when that is another one.
 */
export function findWorkerFile(from: string, source: string, entry = source): URL {
  return new URL(from.endsWith('.ts') ? `./${source}.ts` : `./${entry}.mjs`, from);
}
