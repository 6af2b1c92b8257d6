/** A Responses upstream: its stream goes through the linter itself, so that findings can be laid side by side. */
import { asObject } from '../../json.ts';
import { createLinter, toLintEvent, type LinterOptions } from '../run-rules.ts';
import type { DigestBuilder } from './digest-builder.ts';

export function createResponsesDigest(options: LinterOptions = {}): DigestBuilder {
  const linter = createLinter(options);
  let index = 0;
  return {
    frame(json, digest, frame) {
      if (json['object'] === 'response') {
        readEnd(json, digest);
        return;
      }
      const event = toLintEvent(frame, index);
      if (!event) return;
      index += 1;
      linter.event(event);
      if (linter.model.terminal?.index === event.index) readEnd(asObject(json['response']), digest);
      if (linter.model.errorAt === event.index) digest.error = true;
    },
    end(digest) {
      linter.end();
      digest.findings = linter.findings;
      digest.segments = linter.model.items.flatMap((item) => item.segments);
    },
  };
}

function readEnd(response: Record<string, unknown>, digest: Parameters<DigestBuilder['frame']>[1]): void {
  digest.finished = response['status'] === 'completed' || response['status'] === 'incomplete';
  digest.error ||= response['status'] === 'failed';
  const reason = asObject(response['incomplete_details'])['reason'];
  digest.lengthStop = reason === 'max_output_tokens';
  digest.filtered = reason === 'content_filter';
  digest.hasUsage = typeof asObject(response['usage'])['input_tokens'] === 'number';
}
