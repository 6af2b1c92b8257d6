/**
 * What the system hands over: `deltascope://session/…` links and bundle files. Read from whole argument
 * lists, never by position, because Chromium's own switches stand in between. Pure.
 */
export const SCHEME = 'deltascope';

const LINK = /^deltascope:\/\/session\/([A-Za-z0-9._-]{1,128})((?:\/(?:step|event)\/\d{1,9}){0,2})\/?$/;
const BUNDLE = /\.deltascope\.zip$/i;

/** The page's hash for a link; undefined for a link that is not understood. */
export function toPageHash(link: string): string | undefined {
  const match = LINK.exec(link);
  return match ? `#/session/${match[1]}${match[2]}` : undefined;
}

export interface HandedOver {
  /** Bundle files, as given. */
  files: string[];
  /** Hashes of the page. */
  places: string[];
}

/** What of an argument list is ours; options of the bridge behind `--` are not. */
export function parseArguments(argv: readonly string[]): HandedOver {
  const own = argv.slice(1, argv.includes('--') ? argv.indexOf('--') : undefined);
  return {
    files: own.filter((argument) => !argument.startsWith('-') && !argument.startsWith(`${SCHEME}:`) && BUNDLE.test(argument)),
    places: own.flatMap((argument) => toPageHash(argument) ?? []),
  };
}
