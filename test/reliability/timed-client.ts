/** Clients that note when each byte reached them, and take a broken connection as the end of what they got. */
import { WebSocket } from 'ws';

export interface Arrival {
  atMs: number;
  /** All bytes that had come by then. */
  size: number;
}

export interface TimedAnswer {
  /** When the answer's head came; undefined before. */
  headAtMs: number | undefined;
  stepId: string;
  sessionId: string;
  /** All that came so far. */
  readonly bytes: Buffer;
  arrivals: Arrival[];
  /** When the answer ended in good order; undefined when it was cut. */
  endedAtMs: number | undefined;
  /** Settles with the first bytes, or when none can come. */
  begun: Promise<void>;
  /** Settles when nothing more can come. */
  over: Promise<void>;
}

interface RunningAnswer extends TimedAnswer {
  parts: Uint8Array[];
  /** Tells that it has begun. */
  begin: () => void;
}

/** Bytes that had arrived by this moment. */
export function sizeAt(answer: TimedAnswer, ms: number): number {
  return answer.arrivals.findLast(({ atMs }) => atMs < ms)?.size ?? 0;
}

/** @param betweenReads what a slow client does before it reads on. */
export function askTimed(apiBase: string, body: object, betweenReads?: () => Promise<void>): TimedAnswer {
  const answer = createAnswer();
  answer.over = read().finally(answer.begin);
  return answer;

  async function read(): Promise<void> {
    try {
      const reply = await fetch(`${apiBase}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      answer.headAtMs = performance.now();
      answer.stepId = reply.headers.get('x-deltascope-step') ?? '';
      answer.sessionId = reply.headers.get('x-deltascope-session') ?? '';
      if (reply.status !== 200) throw new Error(`status ${reply.status}: ${await reply.text()}`);
      for await (const chunk of reply.body ?? []) {
        take(answer, chunk);
        await betweenReads?.();
      }
      answer.endedAtMs = performance.now();
    } catch (error) {
      // Cut, as the test wants it; an answer that was refused is a fault of the test's own making.
      if (error instanceof Error && error.message.startsWith('status ')) throw error;
    }
  }
}

const TERMINAL = /^\{"type":"response\.(completed|incomplete|failed)"/;

/** One message a line, as the bridge records them; closes when the answer is over. The step is found by its response id. */
export function askTimedSocket(url: string, body: object): TimedAnswer {
  const answer = createAnswer();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/responses`);
  answer.over = new Promise<void>((resolve) => socket.on('close', () => resolve())).finally(answer.begin);
  socket.on('error', () => socket.terminate());
  socket.on('open', () => socket.send(JSON.stringify({ type: 'response.create', ...body })));
  socket.on('message', (data: Buffer) => {
    answer.headAtMs ??= performance.now();
    take(answer, Buffer.concat([data, Buffer.from('\n')]));
    if (!TERMINAL.test(data.toString('utf8', 0, 40))) return;
    answer.endedAtMs = performance.now();
    socket.close();
  });
  return answer;
}

function createAnswer(): RunningAnswer {
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  return {
    begun,
    begin,
    headAtMs: undefined,
    stepId: '',
    sessionId: '',
    parts: [],
    get bytes() {
      if (this.parts.length > 1) this.parts = [Buffer.concat(this.parts)];
      return this.parts[0] === undefined
        ? Buffer.alloc(0)
        : Buffer.from(this.parts[0].buffer, this.parts[0].byteOffset, this.parts[0].length);
    },
    arrivals: [],
    endedAtMs: undefined,
    over: Promise.resolve(),
  };
}

function take(answer: RunningAnswer, bytes: Uint8Array): void {
  answer.begin();
  answer.parts.push(bytes);
  answer.arrivals.push({ atMs: performance.now(), size: (answer.arrivals.at(-1)?.size ?? 0) + bytes.length });
}
