/** One line of the benchmark in a process of its own: `node bench/run-line.ts ID OPTIONS-AS-JSON`. */
import { parseJson } from '../proxy-core/protocol/json.ts';
import type { BenchOptions } from './bench-line.ts';
import { benchLines } from './lines/index.ts';

const [id, options] = process.argv.slice(2);
const line = benchLines.find((one) => one.id === id);
if (!line) throw new Error(`There is no line '${id}'. Lines: ${benchLines.map((one) => one.id).join(', ')}.`);
for (const result of await line.run(parseJson(options ?? '') as BenchOptions)) process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
