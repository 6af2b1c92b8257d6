/** Every parser that gets bytes from outside, one line each. */
import type { FuzzTarget } from '../fuzz-target.ts';
import { bundles } from './bundles.ts';
import { config } from './config.ts';
import { devtools } from './devtools.ts';
import { dumps } from './dumps.ts';
import { filters } from './filters.ts';
import { har } from './har.ts';
import { lint } from './lint.ts';
import { passthrough } from './passthrough.ts';
import { repair } from './repair.ts';
import { requests } from './requests.ts';
import { segments } from './segments.ts';
import { sse } from './sse.ts';
import { upstreamStream } from './upstream-stream.ts';

export const fuzzTargets: readonly FuzzTarget[] = [
  sse,
  upstreamStream('anthropic'),
  upstreamStream('gemini'),
  upstreamStream('openai-chat'),
  passthrough,
  lint,
  repair,
  requests,
  bundles,
  har,
  dumps,
  devtools,
  filters,
  config,
  segments,
];
