import { openMemoryDatabase } from '../recorder/database.ts';
import { createSqliteResponseStore } from './sqlite-response-store.ts';
import { describeResponseStore } from './response-store.contract.ts';

describeResponseStore('SQLite response store', () => createSqliteResponseStore(openMemoryDatabase()));
