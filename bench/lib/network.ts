/** What the lines with a network share: the processes, and one load to bridge, pipe or peer. */
import type { BenchOptions } from '../bench-line.ts';
import type { Load, LoadReport } from '../programs/load.ts';
import { startBridge, startLoad, startProgram, type BridgeOptions, type RunningBridge } from './run-programs.ts';

export type Route = 'anthropic' | 'responses';

export interface Shape {
  deltas: number;
  streams: number;
  concurrency: number;
  /** Deltas a second of each stream; absent: as fast as they are taken. */
  perSecond?: number;
}

export interface Network {
  bridge: RunningBridge;
  throughBridge(route: Route, shape: Shape, more?: Partial<Load>): Promise<LoadReport>;
  throughPipe(route: Route, shape: Shape, more?: Partial<Load>): Promise<LoadReport>;
  /** A gateway that was started with this bench's upstream behind it. */
  throughPeer(baseURL: string, shape: Shape, more?: Partial<Load>): Promise<LoadReport>;
  stop(): Promise<void>;
}

export async function startNetwork(
  options: BenchOptions,
  bridgeOptions: Pick<BridgeOptions, 'nodeArgs' | 'dataDir' | 'entry'> = {},
): Promise<Network> {
  const upstream = await startProgram('upstream', String(options.upstreamPort));
  const origin = `http://127.0.0.1:${upstream.port}`;
  const [pipe, bridge] = await Promise.all([
    startProgram('pipe', origin),
    startBridge({
      ...bridgeOptions,
      upstreams: [
        { name: 'anthropic', kind: 'anthropic', baseURL: origin, apiKey: 'sk-bench-0001' },
        { name: 'responses', kind: 'responses', baseURL: `${origin}/v1`, apiKey: 'sk-bench-0001' },
      ],
    }),
  ]);
  const load = startLoad();

  const toModel = ({ deltas, perSecond }: Shape): string => `bench-${deltas}${perSecond === undefined ? '' : `-at-${perSecond}`}`;
  const toBody = (shape: Shape): object => ({
    model: toModel(shape),
    stream: true,
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'How is the weather?' }] }],
  });
  const toProviderBody = (shape: Shape): object => ({
    model: toModel(shape),
    stream: true,
    max_tokens: 1024,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'How is the weather?' }] }],
  });
  const headers = { authorization: 'Bearer sk-bench-0001' };

  return {
    bridge,
    throughBridge: (route, { streams, concurrency, ...shape }, more) =>
      load.run({
        url: `${bridge.ready.url}/u/${route}/v1/responses`,
        headers,
        body: JSON.stringify(toBody({ streams, concurrency, ...shape })),
        streams,
        concurrency,
        marker: 'response.completed',
        ...more,
      }),
    throughPipe: (route, { streams, concurrency, ...shape }, more) =>
      load.run({
        url: `http://127.0.0.1:${pipe.port}/v1/${route === 'anthropic' ? 'messages' : 'responses'}`,
        headers: { ...headers, 'anthropic-version': '2023-06-01' },
        body: JSON.stringify((route === 'anthropic' ? toProviderBody : toBody)({ streams, concurrency, ...shape })),
        streams,
        concurrency,
        marker: route === 'anthropic' ? 'message_stop' : 'response.completed',
        ...more,
      }),
    throughPeer: (baseURL, { streams, concurrency, ...shape }, more) =>
      load.run({
        url: `${baseURL.replace(/\/+$/, '')}/responses`,
        headers,
        body: JSON.stringify(toBody({ streams, concurrency, ...shape })),
        streams,
        concurrency,
        marker: 'response.completed',
        ...more,
      }),
    async stop() {
      await load.stop();
      await Promise.all([bridge.stop(), pipe.stop(), upstream.stop()]);
    },
  };
}

/** Events a second: the deltas of all streams over the whole time. */
export function toRate({ deltas, streams }: Shape, report: LoadReport): number {
  return (deltas * streams * 1000) / report.elapsedMs;
}
