/** What Gemini's model names tell about a model, where the models endpoint does not say it (mapping 1.9). */
export interface GeminiModel {
  /** 2.5 for gemini-2.5-flash; Infinity for `gemini-flash-latest`; undefined for what is no Gemini (gemma-…). */
  version: number | undefined;
  tier: 'pro' | 'flash' | 'flash-lite' | 'other';
}

export function parseModelName(model: string): GeminiModel {
  const name = model.toLowerCase().slice(model.lastIndexOf('/') + 1);
  const match = /^gemini-(?:(\d+(?:\.\d+)?)|(?:pro|flash|flash-lite)-latest$)/.exec(name);
  const version = match ? Number(match[1] ?? Infinity) : undefined;
  const tier = name.includes('flash-lite') ? 'flash-lite' : name.includes('flash') ? 'flash' : name.includes('pro') ? 'pro' : 'other';
  return { version, tier };
}

/** Gemini 3 and newer: thinking levels, signed calls, media in function responses, tools together with JSON mode. */
export function isGemini3(model: string): boolean {
  return (parseModelName(model).version ?? 0) >= 3;
}
