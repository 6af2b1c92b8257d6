/** Events as SSE text and a step's request as a curl command. Pure. */
import type { EventRow, StepDetail } from '../../../proxy-core/protocol/api/control-api.ts';

export function toSse(rows: readonly EventRow[]): string {
  return rows
    .map((row) => {
      const data = typeof row.data === 'string' ? row.data : JSON.stringify(row.data);
      const lines = data.split('\n').map((line) => `data: ${line}`);
      return `event: ${row.type}\n${lines.join('\n')}\n\n`;
    })
    .join('');
}

/** Keys are never recorded, so the command reads the key from the environment. */
export function toCurl(apiBase: string, detail: StepDetail): string {
  const path = detail.request.path.replace(/^\/v1/, '');
  const body = JSON.stringify(detail.request.body);
  const quoted = body.replaceAll("'", String.raw`'\''`);
  return [
    `curl -N ${apiBase}${path}`,
    `  -H 'content-type: application/json'`,
    `  -H "authorization: Bearer $OPENAI_API_KEY"`,
    `  -d '${quoted}'`,
  ].join(' \\\n');
}
