/** The registry: public issues that findings are compared with. To add one, add an entry to the list of its project. */
import type { KnownIssueEntry } from './known-issue.ts';
import { litellmIssues } from './litellm.ts';
import { otherIssues } from './others.ts';

export const knownIssues: readonly KnownIssueEntry[] = [...litellmIssues, ...otherIssues];
