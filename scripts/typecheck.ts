/** `npm run typecheck`: every tsconfig of the tree, the desktop app against both Electrons it must fit. */
import { typesGate } from './gates/types.ts';

const result = await typesGate.run();
process.stdout.write(result.output);
process.exitCode = result.failed > 0 ? 1 : 0;
