/** The frames of a short stream, a line each: type, and the ids and texts that matter. Pure. */
import { asObject, asString, parseJsonObject } from '../../../proxy-core/protocol/json.ts';

const MAX_LINE = 160;

export function toReproEvents(sse: string): string[] {
  return sse
    .split(/\r?\n\r?\n/)
    .map(dataOf)
    .filter((data) => data !== '')
    .map(toLine);
}

function dataOf(frame: string): string {
  return frame
    .split(/\r?\n/)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
    .join('\n');
}

function toLine(data: string): string {
  const json = parseJsonObject(data);
  if (json === undefined) return data.slice(0, MAX_LINE);
  const item = asObject(json['item']);
  const response = asObject(json['response']);
  const facts = [
    asString(json['type'])?.replace(/^response\./, '') ?? 'no type',
    asString(json['item_id']) ?? asString(item['id']) ?? asString(response['id']) ?? '',
    asString(item['type']) ?? '',
    typeof json['delta'] === 'string' ? JSON.stringify(json['delta']) : '',
  ];
  const line = facts.filter((fact) => fact !== '').join('  ');
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
