/**
 * A client that really consumes recorded bytes. One file per client in ./clients, one line each in
 * ./clients/index.ts; the worker calls `run`, nobody else.
 */
import type { JsonObject } from '../protocol/json.ts';
import type { ClientRun } from '../protocol/client-models/client-run.ts';

export interface RealClient {
  /** As in contract 5. */
  name: string;
  /** The package whose version the verdict names. */
  mainPackage: string;
  /** Everything that has to be installed. */
  packages: readonly string[];
  /** Drives the client to its end. What the client raises goes into `errors`; throwing counts the same. */
  run(scene: Scene): Promise<ClientRun>;
}

/** One prepared set of answers, and the tools that the answers call. */
export interface Scene {
  /** Serves the recorded bytes; opens no socket. */
  fetch: typeof globalThis.fetch;
  /** Bodies of the requests so far; `fetch` fills it. */
  requests: JsonObject[];
  tools: readonly SceneTool[];
  /** Tools that the server runs itself, as the response echoes them; some SDKs have to know them. */
  hostedTools: readonly JsonObject[];
}

export interface SceneTool {
  name: string;
  description: string;
  /** JSON schema of the arguments; null for a custom tool, whose input is plain text. */
  parameters: JsonObject | null;
  isStrict: boolean;
}

/** The most steps that a client may take before it counts as looping. */
export const MAX_STEPS = 5;
export const PROMPT = 'Answer, with the tools where they help.';
/** What every tool answers. A client that sends something else back has not run the tool. */
export const TOOL_RESULT = '{"answer":"from the recorded tool"}';
/** No host: nothing ever connects to it. */
export const BASE_URL = 'http://recorded.invalid/v1';
export const MODEL = 'recorded';
