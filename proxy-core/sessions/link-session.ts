/**
 * Puts every request into a session (mapping 4.1): by chain, item ids, call ids, explicit keys, then by
 * the history that is sent again; the first that fits wins, and its reason is kept. Sessions of different
 * credentials or clients never join (scopes are salted hashes; no credential is kept). Nothing in the
 * exchange depends on what is found here, and nothing here throws into it.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { ClientInfo } from '../protocol/api/control-api.ts';
import type { HeaderList, Observer } from '../protocol/capture/tap-event.ts';
import { litellmAliases } from '../protocol/ids/litellm-id.ts';
import { asArray, asObject, asString, type JsonObject } from '../protocol/json.ts';
import { createLeanMap } from '../protocol/lean-map.ts';
import { type AnswerEvidence, createAnswerEvidence } from './answer-evidence.ts';
import { EMPTY_PREFIX, extendPrefix, type HashedPrefix, toCanonicalItems } from './canonical-items.ts';
import { toClientInfo } from './client-info.ts';
import type { Evidence, EvidenceKind } from './evidence-rows.ts';
import { createEvidenceStore, type EvidenceStore } from './evidence-store.ts';
import { cacheKeyOf, callIdsOf, explicitKeysOf, itemIdsOf, type SessionKey, titleOf } from './request-evidence.ts';

export interface LinkInput {
  headers: HeaderList;
  body: JsonObject;
  credential: string | null;
  /** Microseconds since the epoch. */
  nowUs: number;
}

export interface Linked {
  sessionId: string;
  /** Position of the step in its session. */
  index: number;
  /** Why it belongs there, in words; null for a new session. */
  linkedBy: string | null;
  /** The response that this request goes on from; null when none is known. */
  parentResponseId: string | null;
  title: string;
  client: ClientInfo | null;
}

export interface SessionLinker {
  /** Called once per request; the step it belongs to is then told by its session and index. */
  link(input: LinkInput): Linked;
  /** Learns from the answers what later requests may bring back. */
  observe: Observer;
  forgetSession(sessionId: string): void;
  /** What was learned, for whoever writes it. */
  evidence: Pick<EvidenceStore, 'take' | 'settle'>;
}

export interface SessionLinkerOptions {
  db: Database;
  createId: (prefix: string) => string;
  /** There is evidence to write. */
  onWaiting: () => void;
}

/** Call ids may come again in another conversation some day. */
const CALL_AGE_US = 24 * 60 * 60 * 1_000_000;
const MAX_OPEN = 10_000;
const MAX_SESSIONS = 10_000;
const MAX_SCOPES = 100;

interface Found {
  evidence: Evidence;
  reason: string;
}

/** What a request tells of the conversation that it belongs to. */
interface Told {
  keys: readonly SessionKey[];
  prefixes: HashedPrefix[] | undefined;
}

interface OpenStep {
  scope: string;
  input: HashedPrefix | undefined;
  sessionId: string;
  index: number;
  nowUs: number;
}

export function createSessionLinker({ db, createId, onWaiting }: SessionLinkerOptions): SessionLinker {
  const evidence = createEvidenceStore(db, onWaiting);
  const toScope = createScopes(loadSalt(db));
  const countSteps = db.prepare<[string], { steps: number | null }>(
    'SELECT max(t.idx) + 1 AS steps FROM steps t JOIN sessions s ON s.no = t.session_no WHERE s.id = ?',
  );
  /** Steps per session as far as they were asked for; the record lags behind by a batch. */
  const stepCounts = new Map<string, number>();
  /** Linked, and not yet begun as a step. */
  const linked = new Map<string, OpenStep>();
  const answers = createLeanMap<string, AnswerEvidence>();

  function link(input: LinkInput): Linked {
    const { headers, body, nowUs } = input;
    const client = toClientInfo(headers);
    const scope = toScope(input.credential, client);
    const prefixes = toPrefixes(body);
    const keys = explicitKeysOf(body, headers);
    const found = mayHaveLeft(body, keys, prefixes) ? evidence.inOneRead(() => find(scope, input, { keys, prefixes })) : undefined;
    const sessionId = found?.evidence.sessionId ?? createId('sess');
    const index = takeIndex(sessionId, found === undefined);
    const cacheKey = cacheKeyOf(body);
    remember(
      { scope, sessionId, index, nowUs, input: prefixes && (prefixes.at(-1) ?? EMPTY_PREFIX) },
      cacheKey ? [...keys, cacheKey] : keys,
    );
    return {
      sessionId,
      index,
      linkedBy: found ? `${found.reason}${branchNote(found.evidence, index)}` : null,
      parentResponseId: found?.evidence.responseId ?? null,
      title: titleOf(body),
      client,
    };
  }

  function find(scope: string, { body, nowUs }: LinkInput, { keys, prefixes }: Told): Found | undefined {
    return (
      byChain(scope, body) ??
      byItem(scope, body) ??
      byCall(scope, body, nowUs) ??
      byKey(scope, keys, prefixes) ??
      byHistory(scope, prefixes) ??
      byCacheKey(scope, body, prefixes)
    );
  }

  function byChain(scope: string, body: JsonObject): Found | undefined {
    const id = asString(body['previous_response_id']);
    if (id === undefined) return undefined;
    for (const candidate of [id, ...litellmAliases(id)]) {
      const hit = evidence.find('response', scope, candidate);
      if (hit) return { evidence: hit, reason: 'previous_response_id' };
    }
    return undefined;
  }

  function byItem(scope: string, body: JsonObject): Found | undefined {
    for (const id of itemIdsOf(body)) {
      const hit = evidence.find('item', scope, id);
      if (hit) return { evidence: hit, reason: `item id ${id}` };
    }
    return undefined;
  }

  function byCall(scope: string, body: JsonObject, nowUs: number): Found | undefined {
    for (const id of callIdsOf(body)) {
      const hit = evidence.find('call', scope, id);
      if (hit && nowUs - hit.at < CALL_AGE_US) return { evidence: hit, reason: `call id ${id}` };
    }
    return undefined;
  }

  /** One key may hold several conversations (sub-agents): which of them it is, the history tells. */
  function byKey(scope: string, keys: readonly SessionKey[], prefixes: HashedPrefix[] | undefined): Found | undefined {
    for (const key of keys) {
      const hit = findKey(scope, key);
      if (!hit) continue;
      const before = byHistory(scope, prefixes);
      if (before?.evidence.sessionId === hit.sessionId) return { evidence: before.evidence, reason: key.source };
      const isRewritten = (prefixes?.at(-1)?.answers ?? 0) > 0;
      // No known turn is gone on from: it neither continues the newest one nor branches off from any.
      return { evidence: { ...hit, stepIndex: -1, responseId: null }, reason: `${key.source}${isRewritten ? ', history rewritten' : ''}` };
    }
    return undefined;
  }

  /**
   * The longest history that is known, with at least one item of the model in it. One that ended in an answer
   * goes before a longer one that was only asked: two runs of one program may say the same word for word, and
   * the newer answer is the one that is gone on from.
   */
  function byHistory(scope: string, prefixes: HashedPrefix[] | undefined): Found | undefined {
    let asked: Evidence | undefined;
    for (const prefix of (prefixes ?? []).toReversed()) {
      if (prefix.answers === 0) break;
      const hit = evidence.find('history', scope, prefix.hash);
      if (hit && hit.responseId !== null) return { evidence: hit, reason: 'resent history' };
      asked ??= hit;
    }
    return asked && { evidence: asked, reason: 'resent history' };
  }

  /** Alone it joins nothing: only a history that was rewritten (compacted) under the same key. */
  function byCacheKey(scope: string, body: JsonObject, prefixes: HashedPrefix[] | undefined): Found | undefined {
    const key = cacheKeyOf(body);
    return key && (prefixes?.at(-1)?.answers ?? 0) > 0 ? byKey(scope, [key], prefixes) : undefined;
  }

  function findKey(scope: string, { source, value }: SessionKey): Evidence | undefined {
    return evidence.find('key', scope, `${source}:${value}`);
  }

  function takeIndex(sessionId: string, isNew: boolean): number {
    const index = isNew ? 0 : (stepCounts.get(sessionId) ?? loadStepCount(sessionId));
    stepCounts.delete(sessionId);
    stepCounts.set(sessionId, index + 1);
    if (stepCounts.size > MAX_SESSIONS) stepCounts.delete(stepCounts.keys().next().value as string);
    return index;
  }

  function loadStepCount(sessionId: string): number {
    try {
      return countSteps.get(sessionId)?.steps ?? 0;
    } catch {
      return 0; // the record can't be read just now; the steps still have their times
    }
  }

  function remember(step: OpenStep, keys: readonly SessionKey[]): void {
    const { scope, sessionId, index, nowUs } = step;
    const own = { sessionId, stepIndex: index, responseId: null, at: nowUs };
    for (const { source, value } of keys) {
      evidence.put('key', scope, `${source}:${value}`, own);
    }
    if (step.input && step.input.answers > 0) evidence.put('history', scope, step.input.hash, own);
    linked.set(`${sessionId} ${index}`, step);
    // Requests that were refused before they became a step.
    if (linked.size > MAX_OPEN) linked.delete(linked.keys().next().value as string);
  }

  const observe: Observer = (event) => {
    if (event.type === 'step.started') {
      const key = `${event.sessionId} ${event.index}`;
      const step = linked.get(key);
      linked.delete(key);
      if (!step || !event.isResponses) return;
      const put = (kind: EvidenceKind, value: string, responseId: string | null) =>
        evidence.put(kind, step.scope, value, { sessionId: step.sessionId, stepIndex: step.index, responseId, at: step.nowUs });
      answers.set(event.stepId, createAnswerEvidence({ input: step.input, put }));
      return;
    }
    answers.get(event.stepId)?.observe(event);
    if (event.type === 'step.ended') answers.delete(event.stepId);
  };

  return {
    link,
    observe,
    forgetSession(sessionId) {
      evidence.forgetSession(sessionId);
      stepCounts.delete(sessionId);
    },
    evidence,
  };
}

/** The history that the request holds; undefined when it holds only a part (a chain, references). */
function toPrefixes(body: JsonObject): HashedPrefix[] | undefined {
  if (body['previous_response_id'] !== undefined && body['previous_response_id'] !== null) return undefined;
  const { input } = body;
  if (asArray(input).some((item) => asObject(item)['type'] === 'item_reference')) return undefined;
  return extendPrefix(EMPTY_PREFIX, toCanonicalItems(input));
}

/** Goes on from a step that is not the newest: the reader should see that. */
function branchNote({ stepIndex }: Evidence, index: number): string {
  return stepIndex >= 0 && stepIndex < index - 1 ? `, branching off after step ${stepIndex + 1}` : '';
}

/** Many a request is the first of its conversation, and brings nothing along that could lead anywhere. */
function mayHaveLeft(body: JsonObject, keys: readonly SessionKey[], prefixes: HashedPrefix[] | undefined): boolean {
  if (prefixes === undefined || keys.length > 0 || (prefixes.at(-1)?.answers ?? 0) > 0) return true;
  return asArray(body['input']).some((item) => asObject(item)['id'] !== undefined || asObject(item)['call_id'] !== undefined);
}

/** Nearly all requests come from the same few programs: their scopes are made once. */
function createScopes(salt: string): (credential: string | null, client: ClientInfo | null) => string {
  const known = new Map<string, string>();
  return (credential, client) => {
    const key = `${credential ?? ''}\n${client?.name ?? ''}`;
    const scope = known.get(key) ?? createHash('sha256').update(`${salt}\n${key}`).digest('base64url').slice(0, 22);
    if (known.size >= MAX_SCOPES) known.clear();
    known.set(key, scope);
    return scope;
  };
}

function loadSalt(db: Database): string {
  const fresh = randomBytes(16).toString('base64url');
  try {
    db.prepare("INSERT INTO meta (key, value) VALUES ('link_salt', ?) ON CONFLICT (key) DO NOTHING").run(fresh);
  } catch {
    // The disk takes nothing: without a kept salt only sessions of this run are linked.
  }
  return db.prepare<[], { value: string }>("SELECT value FROM meta WHERE key = 'link_salt'").get()?.value ?? fresh;
}
