/**
 * The shape of every protocol machine: plain state in, outputs out, no I/O, no clock, no randomness.
 * `step` and `end` may change `state` in place (streams are long; copying per delta is not free) and
 * return it, so a caller must only keep what they return.
 */
export interface Machine<State, Input, Output> {
  initialState(): State;
  step(state: State, input: Input): MachineResult<State, Output>;
  /** Closes whatever is open. Called exactly once, after the last `step`. */
  end(state: State, cause: EndCause): MachineResult<State, Output>;
}

export interface MachineResult<State, Output> {
  state: State;
  outputs: Output[];
}

/**
 * Why the upstream's stream is over. `completed`: the body ended in an orderly way (which alone does
 * not mean that the answer is whole). `upstream-error`: the connection broke; `detail` says how.
 */
export type EndCause =
  | { type: 'completed' }
  | { type: 'upstream-error'; detail: string }
  | { type: 'client-gone' }
  | { type: 'timeout'; detail: string }
  | { type: 'shutdown' };
