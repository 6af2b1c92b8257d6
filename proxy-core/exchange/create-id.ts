/**
 * Ids as OpenAI's look: a prefix that names the kind, then 48 hex digits that begin with the time. Ids that
 * grow keep the indexes of the store narrow: new rows land on the same few pages instead of on all of them.
 */
import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 12;
const RANDOM_BYTES = 18;
let pool = Buffer.alloc(0);

/** `resp_…`, `msg_…`, `rs_…`, `fc_…`: globally unique, never derived from an upstream's id. */
export function createId(prefix: string): string {
  // One call to the system's source for many ids: an id is made for every item of every stream.
  if (pool.length < RANDOM_BYTES) pool = randomBytes(RANDOM_BYTES * 64);
  const random = pool.subarray(0, RANDOM_BYTES).toString('hex');
  pool = pool.subarray(RANDOM_BYTES);
  return `${prefix}_${Date.now().toString(16).padStart(TIME_DIGITS, '0')}${random}`;
}
