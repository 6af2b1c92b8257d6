/** Values of query strings, checked: a wrong one is a 400 that names it. */
import type { Request } from 'express';
import { invalidRequest } from '../../errors.ts';

export function textParameter(request: Request, name: string): string | undefined {
  const value = request.query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalidRequest(`"${name}" may be given once only.`, name);
  return value;
}

export function integerParameter(request: Request, name: string, minimum: number): number | undefined {
  const text = textParameter(request, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < minimum) throw invalidRequest(`"${name}" must be a whole number from ${minimum}.`, name);
  return value;
}
