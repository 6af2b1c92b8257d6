/** Who holds a port, if the system tells: for the note that the default one was taken. */
import { execFile } from 'node:child_process';

/** The bridge's own line about a taken port, with who holds it; any other line as it is. */
export async function describeTakenPort(line: string): Promise<string> {
  const taken = /port (\d+) is taken; using (\d+)/.exec(line);
  if (!taken) return line.replace(/^deltascope: /, '');
  const owner = await findPortOwner(Number(taken[1]));
  return `Port ${taken[1]} is taken${owner === undefined ? '' : ` by ${owner}`}, so Deltascope listens on ${taken[2]}: point clients there.`;
}

/** `node (pid 123)`, or undefined when it can't be told. */
async function findPortOwner(port: number): Promise<string | undefined> {
  const [command, args] = toQuestion(port);
  const text = await new Promise<string>((resolve) => {
    execFile(command, args, { timeout: 2_000, windowsHide: true }, (_error, stdout) => resolve(stdout));
  });
  return parsePortOwner(text, process.platform);
}

function toQuestion(port: number): [string, string[]] {
  if (process.platform === 'win32') {
    const script = `$c = Get-NetTCPConnection -State Listen -LocalPort ${port} | Select-Object -First 1; $p = Get-Process -Id $c.OwningProcess; "$($p.ProcessName) $($p.Id)"`;
    return ['powershell.exe', ['-NoProfile', '-Command', script]];
  }
  if (process.platform === 'darwin') return ['lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']];
  return ['ss', ['-ltnpH', `sport = :${port}`]];
}

export function parsePortOwner(text: string, platform: NodeJS.Platform): string | undefined {
  const patterns: { [platform: string]: RegExp } = {
    win32: /^(?<name>\S+) (?<pid>\d+)\s*$/m,
    darwin: /^p(?<pid>\d+)\nc(?<name>.+)$/m,
  };
  const match = (patterns[platform] ?? /users:\(\("(?<name>[^"]+)",pid=(?<pid>\d+)/).exec(text);
  return match?.groups ? `${match.groups['name']} (pid ${match.groups['pid']})` : undefined;
}
