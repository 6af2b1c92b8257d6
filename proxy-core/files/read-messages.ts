/** Recorded WebSocket traffic: one message a line. */
import { parseJsonObject } from '../protocol/json.ts';

/** One JSON object a line, as a recorded WebSocket is; undefined when the text is something else. */
export function readMessages(text: string): string[] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return undefined;
  return lines.every((line) => typeof parseJsonObject(line)?.['type'] === 'string') ? lines : undefined;
}
