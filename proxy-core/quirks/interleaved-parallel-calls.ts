import type { ResponsesEvent } from '../protocol/responses/wire.ts';
import { isCall, isTerminal, itemIdOf, itemOf } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in llama.cpp's server. Legal, but clients that keep one "current item" lose arguments. */
export const interleavedParallelCalls = defineQuirk({
  id: 'interleaved-parallel-calls',
  title: 'llama.cpp: parallel calls interleaved',
  description:
    'Calls that follow each other are all announced first, then their argument deltas come in turns, and only then each is done. Calls are held back until the last one is known.',
  needs: 'two or more calls in one answer',
  thread: { repo: 'can1357/oh-my-pi', kind: 'issues', number: 1880 },
  rules: ['items-sequential'],
  createTransform() {
    const calls = new Map<string, ResponsesEvent[]>();

    function release(): ResponsesEvent[] {
      const queues = [...calls.values()];
      calls.clear();
      const isDoneEvent = (event: ResponsesEvent) => event.type.endsWith('.done');
      const added = queues.flatMap((events) => events.slice(0, 1));
      const middles = queues.map((events) => events.slice(1).filter((event) => !isDoneEvent(event)));
      const turns = Array.from({ length: Math.max(0, ...middles.map((events) => events.length)) }, (_, turn) =>
        middles.flatMap((events) => events[turn] ?? []),
      );
      return [...added, ...turns.flat(), ...queues.flatMap((events) => events.filter(isDoneEvent))];
    }

    return {
      push(event) {
        const id = itemIdOf(event);
        if (event.type === 'response.output_item.added' && isCall(itemOf(event)) && id !== undefined) {
          calls.set(id, [event]);
          return [];
        }
        const held = id === undefined ? undefined : calls.get(id);
        if (held) {
          held.push(event);
          return [];
        }
        const isNext = event.type === 'response.output_item.added' || isTerminal(event) || event.type === 'error';
        return isNext ? [...release(), event] : [event];
      },
      end: release,
    };
  },
});
