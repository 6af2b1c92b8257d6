/** The product's version, written into the bundle by the build; from package.json when run from source. */
import packageJson from '../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;
