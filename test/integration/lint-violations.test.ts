/**
 * The scripted violations: every one that makes a real client fail and is a fault of the stream is
 * found, and what is legal is left alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asObject, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { hasShared, lintFile, rulesOf, sharedDir, skipReason } from './lint-shared.ts';

const dir = join(sharedDir, 'violations');
/** Legal streams, whatever some client makes of them: the fault lies in the client, on the socket, or nowhere. */
const LEGAL =
  /^(base_.*|t_(bom|cr|comments|comments_id|ctype_json|empty_delta|failed_after_created|incomplete|open_after_.*|split_bytes|no_logprobs|delta_logprobs_null|no_annotations|null_annotations|object_missing|resp_minimal|created_at_float|unknown_event|unknown_item|usage_no_details)|f_(argsdone_no_name|empty_msg_before|same_.*)|p_interleaved|r_(closed_late|enc_missing))$/;

/** What the fault of a case is, by name of the case: the one rule that should name it. */
const EXPECTED: Record<string, string> = {
  t_delta_unregistered: 'item-id-announced',
  t_delta_one_chatcmpl: 'item-id-announced',
  t_no_part_added: 'part-added-before-content',
  t_no_text_done: 'part-done',
  t_no_dones: 'item-done',
  t_done_other_id: 'item-id-stable',
  t_done_other_text: 'deltas-equal-done',
  t_completed_other_text: 'final-output-equals-stream',
  t_dup_item_added: 'item-added-once',
  t_delta_after_done: 'nothing-after-done',
  t_no_deltas: 'content-has-deltas',
  t_index_starts_1: 'output-index-sequence',
  t_no_created: 'response-created-first',
  t_no_completed: 'single-terminal',
  t_no_final_blank: 'single-terminal',
  t_dup_seq: 'sequence-number-contiguous',
  t_no_seq: 'sequence-number-present',
  t_bad_json: 'data-json',
  t_event_mismatch: 'event-name',
  t_event_only: 'required-fields',
  t_chat_chunk: 'required-fields',
  t_null_usage: 'usage-present',
  r_no_item_added: 'item-id-announced',
  r_no_part_added_2nd: 'part-added-before-content',
  f_delta_wrong_index: 'item-id-matches-index',
  f_bad_json: 'arguments-json',
  f_added_args_full: 'deltas-equal-done',
  f_item_done_other_call_id: 'call-id-stable',
  f_completed_other_item_id: 'item-id-stable',
  p_same_item_id: 'item-id-unique',
  p_same_call_id: 'call-id-unique',
  p_index_gap: 'output-index-sequence',
  p_completed_one: 'final-output-equals-stream',
};

describe.skipIf(!hasShared)('scripted violations', () => {
  const cases = hasShared ? asObject(parseJsonObject(readFileSync(join(dir, 'matrix.json'), 'utf8'))?.['cases']) : {};
  const failing = Object.entries(cases)
    .filter(([, row]) => Object.values(asObject(asObject(row)['results'])).some((result) => asObject(result)['status'] !== 'ok'))
    .map(([name]) => name);
  const filesOf = (name: string): string[] =>
    name === 't_litellm_step2' || name === 't_step2_chatcmpl_delta' ? [`${name}.sse`, `${name}.step2.sse`] : [`${name}.sse`];

  it('finds every fault that makes some client fail', () => {
    const wanted = failing.filter((name) => !LEGAL.test(name));
    expect(wanted.length).toBeGreaterThan(50);
    const silent = wanted.filter((name) => filesOf(name).every((file) => lintFile(join(dir, file)).length === 0));
    console.log(`examined ${wanted.length} violations that break some client`);
    expect(silent).toEqual([]);
  });

  it('finds no error in legal streams', () => {
    const legal = Object.keys(cases).filter((name) => LEGAL.test(name));
    expect(legal.length).toBeGreaterThan(20);
    const wrong = legal.filter((name) => rulesOf(lintFile(join(dir, `${name}.sse`)), 'error').length > 0);
    console.log(`examined ${legal.length} legal streams`);
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(EXPECTED))('names the fault of %s with %s alone', (name, rule) => {
    expect(rulesOf(lintFile(join(dir, `${name}.sse`)))).toEqual([rule]);
  });

  it('names one fault by one rule', () => {
    const several = Object.keys(cases).filter((name) => rulesOf(lintFile(join(dir, `${name}.sse`)), 'error').length > 1);
    expect(several).toEqual([]);
  });
});

describe.runIf(!hasShared)('scripted violations', () => {
  if (!hasShared) it.skip(skipReason, () => undefined);
});
