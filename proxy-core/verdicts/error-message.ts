/** A thrown thing in the client's own words, with the cause when there is one. */
import { asString, isObject } from '../protocol/json.ts';

export function toErrorMessage(error: unknown): string {
  if (typeof error === 'string') return error;
  if (error instanceof Error) {
    const own = error.name === 'Error' || error.name === '' ? error.message : `${error.name}: ${error.message}`;
    const cause = error.cause instanceof Error && error.cause.message !== error.message ? ` | cause: ${error.cause.message}` : '';
    return (own || error.name) + cause;
  }
  if (isObject(error)) return asString(error['message']) ?? JSON.stringify(error);
  return String(error);
}
