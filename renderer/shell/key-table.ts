/** Key → command; the shortcut sheet is drawn from this table, so that it is never out of date. */
export interface KeyEntry {
  /** In tinykeys notation; the first one is shown. */
  keys: string[];
  shown: string;
  command: string;
  group: 'Find' | 'Move' | 'Timeline' | 'Session' | 'Page';
}

export const KEYS: readonly KeyEntry[] = [
  { keys: ['$mod+k'], shown: 'Ctrl K', command: 'palette', group: 'Find' },
  { keys: ['$mod+f', '/'], shown: 'Ctrl F or /', command: 'filter', group: 'Find' },
  { keys: ['n'], shown: 'N', command: 'next-finding', group: 'Find' },
  { keys: ['Shift+N'], shown: 'Shift N', command: 'previous-finding', group: 'Find' },
  { keys: ['j', 'ArrowDown'], shown: 'J or ↓', command: 'next-event', group: 'Move' },
  { keys: ['k', 'ArrowUp'], shown: 'K or ↑', command: 'previous-event', group: 'Move' },
  { keys: [']'], shown: ']', command: 'next-step', group: 'Move' },
  { keys: ['['], shown: '[', command: 'previous-step', group: 'Move' },
  { keys: ['F6', '$mod+]'], shown: 'F6 or Ctrl ]', command: 'next-pane', group: 'Move' },
  { keys: ['Shift+F6', '$mod+['], shown: 'Shift F6 or Ctrl [', command: 'previous-pane', group: 'Move' },
  { keys: ['w'], shown: 'W', command: 'zoom-in', group: 'Timeline' },
  { keys: ['s'], shown: 'S', command: 'zoom-out', group: 'Timeline' },
  { keys: ['a'], shown: 'A', command: 'pan-left', group: 'Timeline' },
  { keys: ['d'], shown: 'D', command: 'pan-right', group: 'Timeline' },
  { keys: ['f'], shown: 'F', command: 'fit-selection', group: 'Timeline' },
  { keys: ['0'], shown: '0', command: 'fit-step', group: 'Timeline' },
  { keys: ['o'], shown: 'O', command: 'toggle-order', group: 'Timeline' },
  { keys: ['$mod+1'], shown: 'Ctrl 1', command: 'view-1', group: 'Session' },
  { keys: ['$mod+2'], shown: 'Ctrl 2', command: 'view-2', group: 'Session' },
  { keys: ['$mod+3'], shown: 'Ctrl 3', command: 'view-3', group: 'Session' },
  { keys: ['$mod+4'], shown: 'Ctrl 4', command: 'view-4', group: 'Session' },
  { keys: ['c', '$mod+5'], shown: 'C', command: 'compare', group: 'Session' },
  { keys: ['$mod+p'], shown: 'Ctrl P', command: 'pin', group: 'Session' },
  { keys: ['r'], shown: 'R', command: 'replay', group: 'Session' },
  { keys: ['Shift+R'], shown: 'Shift R', command: 'repair', group: 'Session' },
  { keys: ['m'], shown: 'M', command: 'repro', group: 'Session' },
  { keys: ['e'], shown: 'E', command: 'export', group: 'Session' },
  { keys: ['$mod+Delete'], shown: 'Ctrl Del', command: 'delete', group: 'Session' },
  { keys: ['p'], shown: 'P', command: 'probe', group: 'Page' },
  { keys: ['$mod+9'], shown: 'Ctrl 9', command: 'settings', group: 'Page' },
  { keys: ['Shift+?', '?'], shown: '?', command: 'shortcuts', group: 'Page' },
];
