/**
 * Takes the SSE body out of what curl prints: header blocks of `-i` (also of a redirect or a 100
 * before), and the `<`, `>`, `*` lines of `-v` when both streams went into one file.
 */
const STATUS_LINE = /^HTTP\/[\d.]+ \d{3}/;
const VERBOSE_LINE =
  /^(?:\* |\*$|[<>] |[<>]\r?$|[{}] \[\d+ bytes data\]|[{}] \[data not shown\]| *%? *Total|  % |\s+Dload|\r? *\d+ +[\d.]+[kMG]? +\d+ )/;

/** The same bytes when there is nothing of curl's in them. */
export function stripCurlOutput(bytes: Uint8Array): Uint8Array {
  const start = toLatin1(bytes.subarray(0, 4096)).replace(/^\uFEFF/, '');
  const isVerbose = /^(?:\*|[<>] |  % )/.test(start);
  if (!isVerbose && !STATUS_LINE.test(start)) return bytes;
  let text = toLatin1(bytes);
  if (isVerbose) {
    text = text
      .split('\n')
      .filter((line) => !VERBOSE_LINE.test(line))
      .join('\n');
  }
  while (STATUS_LINE.test(text)) {
    const end = /\r?\n\r?\n/.exec(text);
    if (!end) return new Uint8Array();
    text = text.slice(end.index + end[0].length);
  }
  return Buffer.from(text, 'latin1');
}

/** One character a byte: offsets stay, whatever the encoding. */
function toLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
