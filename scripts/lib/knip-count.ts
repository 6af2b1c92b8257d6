/** A reporter for knip that says how many files it looked at: no finding in no file would look just as good. */
import type { Reporter } from 'knip';

const countReporter: Reporter = ({ counters }) => {
  process.stdout.write(`knip examined ${counters.total} files\n`);
};

export default countReporter;
