/** Cuts an SSE body into its data frames, in the order the event indexes count them. Pure. */
export function splitFrames(body: string): string[] {
  const frames = body.match(/[\s\S]*?(?:\r\n\r\n|\n\n|\r\r|$)/g) ?? [];
  return frames.filter((frame) => /^data/m.test(frame) && !/^data: ?\[DONE\]\s*$/m.test(frame));
}
