/**
 * The registry, one line per rule. The order is that of precedence: when several rules see one fault in
 * one event, the first one names it.
 */
import type { Rule } from '../define-rule.ts';
import { dataJson } from './data-json.ts';
import { eventName } from './event-name.ts';
import { requiredFields } from './required-fields.ts';
import { errorShape } from './error-shape.ts';
import { knownEvent } from './known-event.ts';
import { responseCreatedFirst } from './response-created-first.ts';
import { responseIdStable } from './response-id-stable.ts';
import { responseIdNamespace } from './response-id-namespace.ts';
import { singleTerminal } from './single-terminal.ts';
import { terminalStatus } from './terminal-status.ts';
import { itemIdAnnounced } from './item-id-announced.ts';
import { itemAddedOnce } from './item-added-once.ts';
import { itemIdUnique } from './item-id-unique.ts';
import { itemIdMatchesIndex } from './item-id-matches-index.ts';
import { itemIdStable } from './item-id-stable.ts';
import { itemIdNamespace } from './item-id-namespace.ts';
import { callIdUnique } from './call-id-unique.ts';
import { callIdStable } from './call-id-stable.ts';
import { outputIndexSequence } from './output-index-sequence.ts';
import { itemsSequential } from './items-sequential.ts';
import { nothingAfterDone } from './nothing-after-done.ts';
import { partAddedBeforeContent } from './part-added-before-content.ts';
import { partIndexSequence } from './part-index-sequence.ts';
import { partDone } from './part-done.ts';
import { itemDone } from './item-done.ts';
import { deltasEqualDone } from './deltas-equal-done.ts';
import { contentHasDeltas } from './content-has-deltas.ts';
import { argumentsJson } from './arguments-json.ts';
import { finalOutputEqualsStream } from './final-output-equals-stream.ts';
import { usagePresent } from './usage-present.ts';
import { usageConsistent } from './usage-consistent.ts';
import { configConstant } from './config-constant.ts';
import { sequenceNumberPresent } from './sequence-number-present.ts';
import { sequenceNumberContiguous } from './sequence-number-contiguous.ts';
import { streamClumped } from './stream-clumped.ts';
import { upstreamEndHonoured } from './upstream-end-honoured.ts';
import { upstreamContentKept } from './upstream-content-kept.ts';
import { previousResponseResolves } from './previous-response-resolves.ts';
import { callOutputMatched } from './call-output-matched.ts';
import { inputIdsUnique } from './input-ids-unique.ts';
import { itemReferenceResolves } from './item-reference-resolves.ts';
import { inputIdsKnown } from './input-ids-known.ts';

export const rules: readonly Rule[] = [
  dataJson,
  eventName,
  requiredFields,
  errorShape,
  knownEvent,
  responseCreatedFirst,
  responseIdStable,
  responseIdNamespace,
  singleTerminal,
  terminalStatus,
  itemIdAnnounced,
  itemAddedOnce,
  itemIdUnique,
  itemIdMatchesIndex,
  itemIdStable,
  itemIdNamespace,
  callIdUnique,
  callIdStable,
  outputIndexSequence,
  itemsSequential,
  nothingAfterDone,
  partAddedBeforeContent,
  partIndexSequence,
  partDone,
  itemDone,
  deltasEqualDone,
  contentHasDeltas,
  argumentsJson,
  finalOutputEqualsStream,
  usagePresent,
  usageConsistent,
  configConstant,
  sequenceNumberPresent,
  sequenceNumberContiguous,
  streamClumped,
  upstreamEndHonoured,
  upstreamContentKept,
  previousResponseResolves,
  callOutputMatched,
  inputIdsUnique,
  itemReferenceResolves,
  inputIdsKnown,
];

export function findRule(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
