/** A scenario whose call of get_weather is a call of another tool: for clients that bring tools of their own. */
import { SAID, type Scenario } from '../helpers/fake-scenarios.ts';
import { scenarios, type FakeKind } from '../helpers/fake-upstream.ts';

export function withOtherCall(kind: FakeKind, name: string, input: object): Scenario {
  const inText = (text: string): string => JSON.stringify(text).slice(1, -1);
  const known = JSON.stringify(SAID.calls[0].input);
  const wanted = JSON.stringify(input);
  // Where the arguments stream they come in two pieces, the first of them five characters long.
  const replace = (frame: string): string =>
    frame
      .replaceAll(`"${SAID.calls[0].name}"`, JSON.stringify(name))
      .replace(`"${inText(known.slice(0, 5))}"`, '""')
      .replace(`"${inText(known.slice(5))}"`, `"${inText(wanted)}"`)
      .replace(`"args":${known}`, `"args":${wanted}`);
  const scenario = scenarios[kind]['think-tool'];
  return { ...scenario, frames: scenario.frames.map(replace) };
}
