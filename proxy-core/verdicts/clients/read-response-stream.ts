/** `client.responses.stream()` of openai-node: text from its events, everything else from finalResponse(). */
import { asArray, asObject, asString, type JsonObject } from '../../protocol/json.ts';
import type { ReadStep } from './openai-node.ts';

export const readResponseStream: ReadStep = async (client, body, run) => {
  const stream = client.responses.stream(body);
  stream.on('response.output_text.delta', (event) => (run.streamedText += asString(event['delta']) ?? ''));
  let streamedReasoning = '';
  stream.on('response.reasoning_summary_text.delta', (event) => (streamedReasoning += asString(event['delta']) ?? ''));
  const response = await stream.finalResponse();
  if (response['status'] === 'failed') {
    throw new Error(`finalResponse().status=failed: ${asString(asObject(response['error'])['message']) ?? ''}`);
  }
  const items = asArray(response['output']).map(asObject);
  return {
    // openai-node 5 leaves output_text out of what it streamed.
    text: asString(response['output_text']) ?? items.map(toText).join(''),
    reasoning: items.map(toReasoning).join('') || streamedReasoning,
    calls: items.filter((item) => item['type'] === 'function_call' || item['type'] === 'custom_tool_call'),
    items,
  };
};

function toText(item: JsonObject): string {
  if (item['type'] !== 'message') return '';
  return asArray(item['content'])
    .map((part) => (asObject(part)['type'] === 'output_text' ? (asString(asObject(part)['text']) ?? '') : ''))
    .join('');
}

function toReasoning(item: JsonObject): string {
  if (item['type'] !== 'reasoning') return '';
  return [...asArray(item['summary']), ...asArray(item['content'])].map((part) => asString(asObject(part)['text']) ?? '').join('');
}
