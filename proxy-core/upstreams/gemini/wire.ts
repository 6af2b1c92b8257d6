/**
 * Shapes of the Gemini API (v1beta, generateContent) as they go over the wire. What we send is strict and
 * checked against @google/genai in the tests; what arrives is read field by field and may hold more.
 */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';

export interface GeminiRequest {
  contents: GeminiContent[];
  systemInstruction?: { parts: GeminiPart[] };
  generationConfig?: GeminiGenerationConfig;
  tools?: { functionDeclarations?: GeminiFunctionDeclaration[]; googleSearch?: Record<string, never> }[];
  toolConfig?: { functionCallingConfig: GeminiFunctionCallingConfig };
  serviceTier?: 'standard' | 'flex' | 'priority';
}

export interface GeminiContent {
  role: 'user' | 'model';
  parts: GeminiPart[];
}

export interface GeminiPart {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  inlineData?: GeminiBlob;
  fileData?: { fileUri: string; mimeType?: string };
  functionCall?: { id?: string; name: string; args: JsonObject };
  functionResponse?: { id?: string; name: string; response: JsonObject; parts?: { inlineData: GeminiBlob }[] };
}

export interface GeminiBlob {
  mimeType: string;
  /** Base64. */
  data: string;
}

export interface GeminiGenerationConfig {
  maxOutputTokens?: number;
  temperature?: number;
  topP?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  responseMimeType?: string;
  responseJsonSchema?: JsonObject;
  thinkingConfig?: GeminiThinkingConfig;
}

export interface GeminiThinkingConfig {
  includeThoughts?: boolean;
  /** Gemini 2.5. */
  thinkingBudget?: number;
  /** Gemini 3 and newer. */
  thinkingLevel?: GeminiThinkingLevel;
}
export type GeminiThinkingLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';

export interface GeminiFunctionDeclaration {
  name: string;
  description?: string;
  /** JSON Schema; the older `parameters` field takes only a subset of OpenAPI. */
  parametersJsonSchema?: JsonObject;
}

export interface GeminiFunctionCallingConfig {
  mode: 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED';
  allowedFunctionNames?: string[];
}

/** One GenerateContentResponse of the stream, reduced to what is translated. */
export interface GeminiChunk {
  responseId?: string;
  modelVersion?: string;
  usageMetadata?: JsonObject;
  error?: { status: string | undefined; message: string };
  blockReason?: string;
  blockReasonMessage?: string;
  candidate?: GeminiCandidate;
}
export interface GeminiCandidate {
  parts: JsonObject[];
  finishReason?: string;
  finishMessage?: string;
  groundingMetadata?: JsonObject;
}

/** Undefined for an object that has nothing of a GenerateContentResponse (a Live API message, say). */
export function parseChunk(data: JsonObject): GeminiChunk | undefined {
  const chunk: GeminiChunk = {};
  if (isObject(data.error)) chunk.error = parseStatus(data.error);
  const candidates = asArray(data.candidates).map(asObject);
  // Only one answer is asked for; a server that sends more is read for the first.
  const candidate = candidates.find((entry) => (asNumber(entry.index) ?? 0) === 0);
  if (candidate) chunk.candidate = parseCandidate(candidate);
  const feedback = asObject(data.promptFeedback);
  assignString(chunk, 'blockReason', feedback.blockReason);
  assignString(chunk, 'blockReasonMessage', feedback.blockReasonMessage);
  assignString(chunk, 'responseId', data.responseId);
  assignString(chunk, 'modelVersion', data.modelVersion);
  const isKnown = Object.keys(chunk).length > 0 || isObject(data.promptFeedback) || Array.isArray(data.candidates);
  if (isObject(data.usageMetadata)) chunk.usageMetadata = data.usageMetadata;
  return isKnown || (chunk.usageMetadata !== undefined && Object.keys(data).length === 1) ? chunk : undefined;
}

/** Google's error object: `{code, message, status}`. */
export function parseStatus(error: JsonObject): { status: string | undefined; message: string } {
  const message = asString(error.message);
  return { status: asString(error.status), message: message ? message.trim() : JSON.stringify(error) };
}

function parseCandidate(raw: JsonObject): GeminiCandidate {
  const candidate: GeminiCandidate = { parts: asArray(asObject(raw.content).parts).map(asObject) };
  assignString(candidate, 'finishReason', raw.finishReason);
  assignString(candidate, 'finishMessage', raw.finishMessage);
  if (isObject(raw.groundingMetadata)) candidate.groundingMetadata = raw.groundingMetadata;
  return candidate;
}

function assignString<Key extends string>(target: { [key in Key]?: string }, key: Key, value: unknown): void {
  const text = asString(value);
  if (text) target[key] = text;
}
