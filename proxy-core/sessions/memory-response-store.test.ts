import { createMemoryResponseStore } from './memory-response-store.ts';
import { describeResponseStore } from './response-store.contract.ts';

describeResponseStore('memory response store', createMemoryResponseStore);
