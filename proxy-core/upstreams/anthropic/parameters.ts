/** What becomes of each top-level parameter on the way to Anthropic (mapping 1.1, column Anthropic). */
import { BRIDGE_PARAMETERS, type ParameterTable } from '../shared/parameters.ts';

export const ANTHROPIC_PARAMETERS: ParameterTable = {
  ...BRIDGE_PARAMETERS,
  max_output_tokens: 'mapped',
  // Sent to older API versions only: sampling.ts decides and warns.
  temperature: 'mapped',
  top_p: 'mapped',
  presence_penalty: { drop: 'Claude models have no penalties' },
  frequency_penalty: { drop: 'Claude models have no penalties' },
  top_logprobs: { drop: 'Claude models give no log probabilities' },
  'reasoning.effort': 'mapped',
  'reasoning.summary': 'mapped',
  'reasoning.generate_summary': 'mapped',
  'text.format': 'mapped',
  'text.verbosity': { drop: 'Claude models have no verbosity setting, and effort is not the same' },
  parallel_tool_calls: 'mapped',
  user: 'mapped',
  safety_identifier: 'mapped',
  service_tier: 'mapped',
  // Read where a part carries a breakpoint; Anthropic caches nothing without one.
  prompt_cache_options: 'bridge',
  prompt_cache_retention: 'bridge',
};
