/** The modelled clients; one line each. */
import type { ClientModel } from './client-model.ts';

export const clientModels: readonly ClientModel[] = [];
