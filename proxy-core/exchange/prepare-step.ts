/** Prepares a translated request of a step, whatever is then done with it; what was dropped is noted with the step. */
import type { JsonObject } from '../protocol/json.ts';
import { prepareTranslated, type PreparedExchange } from './prepare-translated.ts';
import type { TranslatedExchange } from './run-translated.ts';

/** @param body the request to prepare; not always the client's own (compaction asks a question of its own). */
export function prepareStep(
  { deps, step, target, translator, capabilities, sessionId }: TranslatedExchange,
  body: JsonObject,
): PreparedExchange {
  const prepared = prepareTranslated({
    body,
    model: target.model,
    config: target.config,
    translator,
    capabilities,
    store: deps.store,
    sessionId,
    createId: deps.createId,
    nowUs: deps.nowUs,
    onWarning: (warning) => step.warn(warning),
  });
  for (const warning of prepared.warnings) step.warn(warning);
  return prepared;
}
