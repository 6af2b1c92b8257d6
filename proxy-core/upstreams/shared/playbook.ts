/**
 * Playbook tests for stream machines: a dialogue of `send` and `expect` that reads like the stream itself.
 * `ends` closes the stream and must come last. Nothing may be left unexpected.
 */
import { expect } from 'vitest';
import type { EndCause, Machine } from '../../protocol/stream/machine.ts';

export interface Playbook<Input, Output> {
  send(...inputs: Input[]): Playbook<Input, Output>;
  /** Exactly these outputs since the last `expect`; each may name only the fields that matter. */
  expect(...outputs: Partial<Output>[]): Playbook<Input, Output>;
  expectNothing(): Playbook<Input, Output>;
  end(cause?: EndCause): Playbook<Input, Output>;
  /** Everything so far, expected or not. */
  readonly outputs: Output[];
}

export function createPlaybook<State, Input, Output>(machine: Machine<State, Input, Output>): Playbook<Input, Output> {
  let state = machine.initialState();
  let pending: Output[] = [];
  const outputs: Output[] = [];

  function take(result: { state: State; outputs: Output[] }): void {
    state = result.state;
    pending.push(...result.outputs);
    outputs.push(...result.outputs);
  }

  const playbook: Playbook<Input, Output> = {
    outputs,
    send(...inputs) {
      for (const input of inputs) take(machine.step(state, input));
      return playbook;
    },
    expect(...expected) {
      expect(pending).toMatchObject(expected);
      pending = [];
      return playbook;
    },
    expectNothing() {
      expect(pending).toEqual([]);
      return playbook;
    },
    end(cause = { type: 'completed' }) {
      take(machine.end(state, cause));
      return playbook;
    },
  };
  return playbook;
}
