/**
 * Ids as OpenAI's look: a prefix that names the kind, then 48 hex digits that begin with the time. Ids that
 * grow keep the indexes of the store narrow: new rows land on the same few pages instead of on all of them.
 */
import { randomBytes } from 'node:crypto';

const TIME_DIGITS = 12;
const RANDOM_DIGITS = 36;
const POOL_IDS = 64;
let pool = '';
let poolAt = 0;
let timeMs = 0;
let time = '';

/** `resp_…`, `msg_…`, `rs_…`, `fc_…`: globally unique, never derived from an upstream's id. */
export function createId(prefix: string): string {
  // One call to the system's source for many ids: an id is made for every item of every stream.
  if (poolAt === pool.length) {
    pool = randomBytes((RANDOM_DIGITS / 2) * POOL_IDS).toString('hex');
    poolAt = 0;
  }
  const nowMs = Date.now();
  if (nowMs !== timeMs) time = nowMs.toString(16).padStart(TIME_DIGITS, '0');
  timeMs = nowMs;
  return `${prefix}_${time}${pool.slice(poolAt, (poolAt += RANDOM_DIGITS))}`;
}
