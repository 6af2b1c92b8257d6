/** Sampling, limits, output format and thinking of a request as Gemini's generationConfig (mapping 1.1). */
import { asNumber, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';
import { droppedParameter } from '../shared/parameters.ts';
import type { BridgeRequest, ModelCapabilities, Warning } from '../upstream.ts';
import { isGemini3 } from './models.ts';
import { toThinkingConfig } from './thinking.ts';
import type { GeminiGenerationConfig } from './wire.ts';

export interface BuiltConfig {
  config: GeminiGenerationConfig;
  /** Told to the model where the format cannot be asked for. */
  formatHint: string | undefined;
  warnings: Warning[];
}

export function toGenerationConfig(request: BridgeRequest, capabilities: ModelCapabilities | undefined): BuiltConfig {
  const { body, model } = request;
  const config: GeminiGenerationConfig = {};
  const thinking = toThinkingConfig({ body, model, capabilities });
  const warnings = [...thinking.warnings];
  applyLimit(config, body, capabilities, warnings);
  for (const [from, to] of SAMPLING) {
    const value = asNumber(body[from]);
    if (value !== undefined) config[to] = value;
  }
  const formatHint = applyFormat(config, request, warnings);
  if (thinking.config) config.thinkingConfig = thinking.config;
  return { config, formatHint, warnings };
}

const SAMPLING = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
] as const;

/** Absent stays absent: Gemini's own default is the model's maximum. Thoughts count in both APIs. */
function applyLimit(config: GeminiGenerationConfig, body: JsonObject, capabilities: ModelCapabilities | undefined, warnings: Warning[]) {
  const wanted = asNumber(body.max_output_tokens);
  if (wanted === undefined) return;
  const most = capabilities?.maxOutputTokens ?? Infinity;
  config.maxOutputTokens = Math.min(wanted, most);
  if (wanted > most) {
    warnings.push({
      code: 'max_output_tokens_lowered',
      param: 'max_output_tokens',
      message: `max_output_tokens was lowered from ${wanted} to ${most}, the most that this model can write.`,
    });
  }
}

function applyFormat(config: GeminiGenerationConfig, request: BridgeRequest, warnings: Warning[]): string | undefined {
  const format = asObject(asObject(request.body.text).format);
  const type = asString(format.type) ?? 'text';
  if (type !== 'json_schema' && type !== 'json_object') {
    if (type !== 'text') warnings.push(droppedParameter('text.format', `Gemini has no format "${type}"`));
    return undefined;
  }
  const schema = type === 'json_schema' && isObject(format.schema) ? format.schema : undefined;
  if (request.tools.length > 0 && !isGemini3(request.model)) {
    // "Function calling with a response mime type: 'application/json' is unsupported", before Gemini 3.
    warnings.push(
      droppedParameter('text.format', `${request.model} cannot have tools and JSON output in one request; it was told in words`),
    );
    return schema ? `Answer with one JSON object that fits this JSON schema:\n${JSON.stringify(schema)}` : 'Answer with one JSON object.';
  }
  config.responseMimeType = 'application/json';
  if (schema) config.responseJsonSchema = schema;
  return undefined;
}
