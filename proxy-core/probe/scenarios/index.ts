/** THE registry of scenarios, in the order in which they run. */
import type { Scenario } from '../scenario.ts';
import { cancel } from './cancel.ts';
import { errors } from './errors.ts';
import { image } from './image.ts';
import { longStream } from './long-stream.ts';
import { multiTurnHistory } from './multi-turn-history.ts';
import { multiTurnPreviousResponseId } from './multi-turn-previous-response-id.ts';
import { parallelTools } from './parallel-tools.ts';
import { reasoning } from './reasoning.ts';
import { structuredOutput } from './structured-output.ts';
import { text } from './text.ts';
import { tool } from './tool.ts';

export const scenarios: readonly Scenario[] = [
  text,
  tool,
  parallelTools,
  multiTurnHistory,
  multiTurnPreviousResponseId,
  reasoning,
  structuredOutput,
  image,
  cancel,
  errors,
  longStream,
];
