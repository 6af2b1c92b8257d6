/** What a step cost, by the price list of @pydantic/genai-prices. Loaded when first asked for: it is large. */
import type { calcPrice as calcPriceOfList } from '@pydantic/genai-prices';
import type { Usage } from '../protocol/responses/wire.ts';

export interface Pricer {
  /** Loads the list; call before `cost`. Never throws. */
  ready(): Promise<void>;
  /** US dollars; null for an unknown model, or as long as the list is not there. */
  cost(priced: PricedUsage): number | null;
}

export interface PricedUsage {
  model: string | null;
  upstreamKind: string;
  usage: Usage;
  atUs: number;
}

type CalcPrice = typeof calcPriceOfList;

/** Only a hint; the model's name decides when the hint does not fit. */
const PROVIDERS: Record<string, string> = { anthropic: 'anthropic', gemini: 'google', responses: 'openai' };

export function createPricer(): Pricer {
  let calcPrice: CalcPrice | undefined;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    try {
      ({ calcPrice } = await import('@pydantic/genai-prices'));
    } catch {
      // No price list in this installation: costs are unknown, nothing else suffers.
    }
  }

  function cost({ model, upstreamKind, usage, atUs }: PricedUsage): number | null {
    if (!calcPrice || model === null) return null;
    const tokens = {
      input_tokens: usage.input_tokens,
      cache_read_tokens: usage.input_tokens_details?.cached_tokens ?? 0,
      cache_write_tokens: usage.input_tokens_details?.cache_write_tokens ?? 0,
      output_tokens: usage.output_tokens,
    };
    const timestamp = new Date(atUs / 1_000);
    const providerId = PROVIDERS[upstreamKind];
    for (const options of providerId === undefined ? [{ timestamp }] : [{ timestamp, providerId }, { timestamp }]) {
      const price = priceOrNull(calcPrice, tokens, model, options);
      if (price !== null) return price;
    }
    return null;
  }

  return { ready: () => (loading ??= load()), cost };
}

function priceOrNull(
  calcPrice: CalcPrice,
  tokens: Record<string, number>,
  model: string,
  options: { timestamp: Date; providerId?: string },
) {
  try {
    return calcPrice(tokens, model, options)?.total_price ?? null;
  } catch {
    return null; // token counts that contradict each other: better no price than a wrong one
  }
}
