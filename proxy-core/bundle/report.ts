/**
 * `report.md` of a bundle: an issue as a maintainer likes to read it. What was expected, what happened, the
 * first fault with the events around it, who breaks, and how to run it again. Nothing from the recording gets
 * out of its code block or its table cell.
 */
import type { Verdict } from '../protocol/api/control-api.ts';
import { parseJsonObject, asNumber, asString } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { groupFindings, type FindingGroup } from '../protocol/lint/report/report.ts';
import { findRule } from '../protocol/lint/rules/index.ts';
import { isDone } from '../protocol/lint/run-rules.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { VERSION } from '../version.ts';
import type { Redaction } from './redact/redact-record.ts';
import { emittedBytes, toText, type SessionRecord, type StepRecord } from './session-record.ts';

export interface ReportOptions {
  redactions: readonly Redaction[];
  /** `npm install … && node repro.mjs`, say. */
  runLine: string;
}

interface Fault {
  step: StepRecord;
  index: number;
  group: FindingGroup;
}

const HOPS = { upstream: 'the upstream', bridge: 'the bridge (or a gateway in front of the model)', client: 'the client' } as const;
const AROUND = 3;
const MAX_FAULTS = 30;

export function toReport(record: SessionRecord, { redactions, runLine }: ReportOptions): string {
  const faults = findFaults(record);
  const [first] = faults;
  return [
    `# ${first ? `${cell(findRule(first.group.first.rule)?.title ?? first.group.first.rule)} (\`${first.group.first.rule}\`)` : 'Recorded Responses session without protocol errors'}`,
    '',
    ...(first ? toStory(first) : ['The linter finds no errors in the streams of this session.', '']),
    ...toBreaks(record),
    ...toVersions(record),
    ...toHowTo(runLine),
    ...toAllFaults(faults, record),
    ...toRedactions(redactions),
  ].join('\n');
}

/** All error findings, one entry per fault, in the order in which they happened. */
export function findFaults({ steps }: SessionRecord): Fault[] {
  return steps.flatMap((step, index) => {
    const errors = step.findings.filter(({ severity }) => severity === 'error');
    return groupFindings(errors).map((group) => ({ step, index, group }));
  });
}

function toStory({ step, index, group }: Fault): string[] {
  const { first, events } = group;
  const rule = findRule(first.rule);
  const known = first.knownIssues.map(
    ({ repo, number, title, fixedIn }) =>
      `- looks like ${repo}#${number}: ${cell(title)}${fixedIn === null ? '' : ` (fixed in ${cell(fixedIn)})`}`,
  );
  return [
    '## What happened',
    '',
    cell(first.message),
    '',
    `It is step ${index} of ${step.step.upstream === '' ? 'the session' : `the session, upstream \`${code(step.step.upstream)}\``}, model \`${code(step.step.model ?? 'unknown')}\`` +
      `${first.hop === null ? '' : `; made by ${HOPS[first.hop]}`}${events.length > 1 ? `; ${events.length} events are affected` : ''}.`,
    '',
    ...(known.length > 0 ? [...known, ''] : []),
    '## What was expected',
    '',
    rule ? `${rule.why} ${rule.fix}` : 'A stream that keeps to the protocol.',
    '',
    ...toValues(first),
    ...(first.event === null ? [] : ['## The events around it', '', '```', ...showEvents(step, first.event), '```', '']),
  ];
}

function toValues({ expected, actual }: Finding): string[] {
  if (expected === null && actual === null) return [];
  return ['| | |', '|---|---|', `| expected | \`${code(show(expected))}\` |`, `| actual | \`${code(show(actual))}\` |`, ''];
}

/** One line per event, the fault marked; long values are cut, ids never. */
function showEvents(step: StepRecord, wanted: number): string[] {
  const datas =
    step.transport === 'websocket' ? toText(emittedBytes(step)).split('\n') : readFrames(emittedBytes(step)).map(({ data }) => data);
  const events = datas.filter((data) => data.trim() !== '' && !isDone(data));
  const from = Math.max(0, wanted - AROUND);
  return events.slice(from, wanted + AROUND + 1).map((data, at) => {
    const index = from + at;
    const ms = step.events[index] ? `${(step.events[index].tUs / 1000).toFixed(1).padStart(8)} ms` : '';
    return `${index === wanted ? '>' : ' '} ${String(index).padStart(4)} ${ms}  ${fence(toLine(data))}`;
  });
}

function toLine(data: string): string {
  const json = parseJsonObject(data);
  if (!json) return data.slice(0, 160);
  const item = parseJsonObject(JSON.stringify(json['item'] ?? null));
  const response = parseJsonObject(JSON.stringify(json['response'] ?? null));
  const facts = [
    ['seq', asNumber(json['sequence_number'])],
    ['output_index', asNumber(json['output_index'])],
    ['item_id', asString(json['item_id'])],
    ['item.id', asString(item?.['id'])],
    ['item.type', asString(item?.['type'])],
    ['call_id', asString(item?.['call_id'])],
    ['response.id', asString(response?.['id'])],
    ['delta', typeof json['delta'] === 'string' ? JSON.stringify(json['delta'].slice(0, 40)) : undefined],
  ] as const;
  const shown = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return `${asString(json['type']) ?? 'no type'}  ${shown.join('  ')}`;
}

function toBreaks({ steps }: SessionRecord): string[] {
  const rows = steps.flatMap((step, index) => step.verdicts.map((verdict) => ({ index, verdict })));
  if (rows.length === 0) return [];
  const isBad = ({ outcome }: Verdict): boolean => outcome !== 'ok';
  const bad = rows.filter(({ verdict }) => isBad(verdict));
  const fine = [...new Set(rows.map(({ verdict }) => verdict.client))].filter(
    (client) => !bad.some(({ verdict }) => verdict.client === client),
  );
  return [
    '## Who breaks',
    '',
    ...(bad.length > 0 ? ['| client | version | step | outcome | what it says |', '|---|---|---|---|---|'] : ['No client that was tried.']),
    ...bad.map(
      ({ index, verdict }) =>
        `| ${cell(verdict.client)} | ${cell(verdict.version)} | ${index} | ${verdict.outcome} (${verdict.basis}) | ${cell(shorten(verdict.message))} |`,
    ),
    '',
    ...(fine.length > 0 && bad.length > 0 ? [`Not affected: ${fine.map(cell).join(', ')}.`, ''] : []),
  ];
}

function toVersions({ session, steps }: SessionRecord): string[] {
  const upstreams = [...new Set(steps.map(({ step }) => `${step.upstream} (${step.upstreamKind})`))];
  return [
    '## Versions',
    '',
    '| | |',
    '|---|---|',
    `| recorded by | Deltascope ${VERSION} |`,
    `| client | ${session.client ? cell(`${session.client.name} ${session.client.version}`) : 'unknown'} |`,
    `| upstream | ${cell(upstreams.join(', '))} |`,
    `| model | ${cell(session.models.join(', ') || 'unknown')} |`,
    `| recorded at | ${new Date(session.startedAt / 1000).toISOString()} |`,
    '',
  ];
}

function toHowTo(runLine: string): string[] {
  return [
    '## Run it again',
    '',
    'In the unpacked bundle:',
    '',
    '```sh',
    runLine,
    '```',
    '',
    'With Deltascope, on its timeline (the package is what `npm pack` makes in a checkout; there `npm run -s deltascope -- open BUNDLE.zip` does, too):',
    '',
    '```sh',
    `npx --yes --package ./deltascope-${VERSION}.tgz deltascope open BUNDLE.zip`,
    '```',
    '',
    'In place of `open`: `replay` serves it to any client, `lint` lists the findings, `import` keeps it.',
    '',
  ];
}

function toAllFaults(faults: readonly Fault[], { steps }: SessionRecord): string[] {
  const others = steps.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'error')).length;
  if (faults.length === 0 && others === 0) return [];
  return [
    '## All faults',
    '',
    ...(faults.length > 0 ? ['| step | rule | events | message |', '|---|---|---|---|'] : []),
    ...faults
      .slice(0, MAX_FAULTS)
      .map(
        ({ index, group }) =>
          `| ${index} | \`${group.first.rule}\` | ${group.events.slice(0, 8).join(', ') || '–'} | ${cell(group.first.message)} |`,
      ),
    ...(faults.length > MAX_FAULTS ? [`| | | | and ${faults.length - MAX_FAULTS} more |`] : []),
    '',
    ...(others > 0 ? [`Also ${others} warnings and notes: see \`steps/*/findings.json\`.`, ''] : []),
  ];
}

function toRedactions(redactions: readonly Redaction[]): string[] {
  if (redactions.length === 0) return [];
  return [
    '## What was taken out',
    '',
    '| kind | what | stands there now | times |',
    '|---|---|---|---|',
    ...redactions.map(({ kind, what, placeholder, count }) => `| ${kind} | ${cell(what)} | \`${code(placeholder)}\` | ${count} |`),
    '',
  ];
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** Some clients print a whole schema with their complaint. */
function shorten(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > 260 ? `${line.slice(0, 260)}…` : line;
}

/** For running text and table cells: no markup of strangers, one line. */
function cell(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>|#!~]/g, (char) => (char === '<' ? '&lt;' : char === '>' ? '&gt;' : `\\${char}`));
}

/** For code spans in tables. */
function code(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('`', 'ʼ').replaceAll('|', '\\|');
}

/** For lines of a fenced block. */
function fence(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll('```', 'ʼʼʼ');
}
