/** What each wire format does with one parsed frame. One file per format, one line in ./index.ts. */
import type { JsonObject } from '../../json.ts';
import type { UpstreamDigest } from './digest.ts';

export interface DigestFrame {
  event: string | null;
  data: string;
}

export interface DigestBuilder {
  frame(json: JsonObject, digest: UpstreamDigest, frame: DigestFrame): void;
  /** `data: [DONE]`. */
  done?(digest: UpstreamDigest): void;
  end?(digest: UpstreamDigest): void;
}
