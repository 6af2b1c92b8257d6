/** Our own small pictures: shape = kind of id, and the severities. Never colour alone. */
import type { ReactElement } from 'react';
import type { Severity } from '../../proxy-core/protocol/lint/finding.ts';
import type { StepStatus } from '../../proxy-core/protocol/capture/tap-event.ts';
import type { ItemKind } from '../model/event-kind.ts';

const SHAPES: Record<ItemKind, ReactElement> = {
  reasoning: <path d="M6 1 11 6 6 11 1 6Z" />,
  message: <circle cx="6" cy="6" r="4.2" />,
  call: <path d="M2.2 1.6 10.6 6 2.2 10.4Z" />,
  response: <rect x="2" y="2" width="8" height="8" />,
  other: <path d="M6 1.4 10.6 10H1.4Z" />,
};

export function KindGlyph(props: { kind: ItemKind; isFilled: boolean; color: string; size?: number }): ReactElement {
  const size = props.size ?? 10;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 12 12"
      fill={props.isFilled ? props.color : 'none'}
      stroke={props.color}
      strokeWidth={props.isFilled ? 0.5 : 1.6}
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SHAPES[props.kind]}
    </svg>
  );
}

export type Sign = Severity | 'ok' | 'live' | 'left' | 'wrong' | 'hang' | 'none';

const SIGNS: Record<Sign, { color: string; draw: ReactElement }> = {
  error: {
    color: 'var(--err)',
    draw: (
      <>
        <path d="M4.6.8h4.8l3.8 3.8v4.8l-3.8 3.8H4.6L.8 9.4V4.6Z" fill="currentColor" stroke="none" />
        <path d="m5 5 4 4m0-4-4 4" stroke="var(--sign-inner, var(--canvas))" strokeWidth="1.5" />
      </>
    ),
  },
  warning: { color: 'var(--warn)', draw: <path d="M7 1.5 13 12.3H1ZM7 5.6v3.2m0 1.7v.1" /> },
  note: {
    color: 'var(--note)',
    draw: (
      <path d="M3 1.5h8A1.5 1.5 0 0 1 12.5 3v8a1.5 1.5 0 0 1-1.5 1.500H3A1.5 1.5 0 0 1 1.5 11V3A1.5 1.5 0 0 1 3 1.500ZM7 6.500v3.300M7 4.200v.1" />
    ),
  },
  ok: { color: 'var(--ok)', draw: <path d="m2.2 7.6 3.1 3.1 6.5-7" strokeWidth="1.7" /> },
  live: {
    color: 'var(--ok)',
    draw: (
      <>
        <circle cx="7" cy="7" r="5.5" />
        <circle className="live-dot" cx="7" cy="7" r="2.6" fill="currentColor" stroke="none" />
      </>
    ),
  },
  left: { color: 'var(--ink3)', draw: <path d="M7 1.500a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM4.5 7h5" /> },
  wrong: {
    color: 'var(--err)',
    draw: <path d="M7 1.500a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM4.5 5.700h5M4.5 8.300h5M8.6 3.9 5.4 10.1" />,
  },
  hang: {
    color: 'var(--warn)',
    draw: <path d="M3.5 1.500h7M3.5 12.500h7M4.5 1.500c0 3 5 4 5 5.5 0 1.5-5 2.5-5 5.500M9.5 1.500c0 3-5 4-5 5.5 0 1.5 5 2.5 5 5.5" />,
  },
  none: { color: 'var(--ink3)', draw: <path d="M4.5 7h5" /> },
};

export function SignIcon(props: { sign: Sign; label?: string; size?: number }): ReactElement {
  const { color, draw } = SIGNS[props.sign];
  const size = props.size ?? 14;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ color }}
      role={props.label === undefined ? undefined : 'img'}
      aria-label={props.label}
      aria-hidden={props.label === undefined ? true : undefined}
    >
      {draw}
    </svg>
  );
}

/** The one sign that stands for a session or step. */
export function toSign(status: StepStatus, counts: { error: number; warning: number }): Sign {
  if (status === 'streaming') return 'live';
  if (counts.error > 0 || status === 'failed' || status === 'interrupted') return 'error';
  if (counts.warning > 0 && status !== 'cancelled') return 'warning';
  if (status === 'cancelled') return 'left';
  return status === 'incomplete' ? 'warning' : 'ok';
}

export function Logo(): ReactElement {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M8 1.8 14.6 13.600H1.400Z" />
      <path d="M8 8.600v.1M5.7 11h.1M10.2 11h.1" strokeWidth="1.9" strokeLinecap="round" />
    </svg>
  );
}
