/** The registry of public issues, one entry each. Filled from data in issues.ts. */
export { knownIssues } from './issues.ts';
