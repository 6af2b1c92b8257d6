/** Where our own source lies: linter and formatter get folders by name, so that they never walk node_modules. */
export const SOURCE_FOLDERS = [
  'proxy-core',
  'electron',
  'renderer',
  'scripts',
  'bench',
  'test',
  'vite.config.ts',
  'vitest.config.ts',
  'playwright.config.ts',
] as const;
