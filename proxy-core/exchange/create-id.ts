/** Ids as OpenAI's look: a prefix that names the kind, then 48 random hex digits. */
import { randomBytes } from 'node:crypto';

const ID_BYTES = 24;
let pool = Buffer.alloc(0);

/** `resp_…`, `msg_…`, `rs_…`, `fc_…`: globally unique, never derived from an upstream's id. */
export function createId(prefix: string): string {
  // One call to the system's source for many ids: an id is made for every item of every stream.
  if (pool.length < ID_BYTES) pool = randomBytes(ID_BYTES * 64);
  const id = pool.subarray(0, ID_BYTES).toString('hex');
  pool = pool.subarray(ID_BYTES);
  return `${prefix}_${id}`;
}
