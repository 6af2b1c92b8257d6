/** Child process of store-restart.test.ts: writes half a step into the data dir of its first argument, then waits to be killed. */
import { openDatabase } from '../../proxy-core/recorder/database.ts';
import { createRecorder } from '../../proxy-core/recorder/recorder.ts';
import { stepStarted, writes } from '../../proxy-core/recorder/recorder-fixtures.ts';
import { acquireRunLock } from '../../proxy-core/recorder/run-lock.ts';
import { storedItem, storedResponse } from '../../proxy-core/sessions/response-store.contract.fixtures.ts';
import { createSqliteResponseStore } from '../../proxy-core/sessions/sqlite-response-store.ts';

const dataDir = process.argv[2] as string;
acquireRunLock(dataDir);
const { db } = openDatabase(dataDir);
const recorder = createRecorder({ db });
const store = createSqliteResponseStore(db);
recorder.observe(stepStarted());
for (const event of writes(
  'step_1',
  [0, 1, 2].map((sequence_number) => ({ type: 'response.in_progress', sequence_number })),
))
  recorder.observe(event);
store.begin(storedResponse('resp_killed'), []);
store.addOutputItem(storedItem('msg_killed', 'resp_killed'));
recorder.flush();
console.log('written');
setInterval(() => undefined, 1_000);
