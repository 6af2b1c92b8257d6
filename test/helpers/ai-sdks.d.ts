export interface SdkRun {
  baseURL?: string;
  fetch?: typeof fetch;
  model?: string;
  prompt?: string;
  /** Undefined leaves the SDK's default. */
  store?: boolean;
  /** By tool name: what the tool answers. Without tools a call ends the conversation. */
  tools?: Record<string, (input: unknown) => unknown>;
  maxSteps?: number;
}
export interface SdkResult {
  /** Of all steps, in order. */
  texts: string[];
  reasoning: string[];
  calls: {
    id: string;
    name: string;
    input: unknown;
  }[];
  finishReason: string;
  errors: string[];
}
export declare const sdkNames: string[];
export declare const openResponsesNames: string[];
export declare function runSdk(name: string, options: SdkRun): Promise<SdkResult>;
