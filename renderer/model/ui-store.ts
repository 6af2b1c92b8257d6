/**
 * How the page is set up: theme, size, pane sizes, time or order, which dialog is open. Kept in
 * localStorage, so that a reload looks the same. Knows nothing of sessions.
 */
import { create } from 'zustand';
import { asObject, parseJson } from '../../proxy-core/protocol/json.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'auto' | 'compact' | 'comfortable' | 'large';
export type Dialog = 'palette' | 'shortcuts' | 'settings' | 'replay' | 'export' | 'repro' | 'rename' | 'delete' | null;
export type TimelineMode = 'time' | 'order';

export interface UiState {
  theme: Theme;
  density: Density;
  sideWidth: number;
  /** null = by the window's width. */
  detailsWidth: number | null;
  /** null = as high as its content, up to half of the room. */
  timelineHeight: number | null;
  mode: TimelineMode;
  isDrawerOpen: boolean;
  dialog: Dialog;
  toasts: { key: number; text: string; kind: 'info' | 'error' }[];
  set(change: Partial<Omit<UiState, 'set' | 'toast'>>): void;
  toast(text: string, kind?: 'info' | 'error'): void;
}

const KEPT = ['theme', 'density', 'sideWidth', 'detailsWidth', 'timelineHeight', 'mode'] as const;
const STORAGE_KEY = 'deltascope.page';
const TOAST_MS = 6000;
let nextToast = 1;

function readKept(): Partial<UiState> {
  const kept = asObject(parseJson(localStorage.getItem(STORAGE_KEY) ?? '{}'));
  return Object.fromEntries(KEPT.filter((key) => key in kept).map((key) => [key, kept[key]]));
}

export const useUi = create<UiState>()((set, get) => ({
  theme: 'system',
  density: 'auto',
  sideWidth: 236,
  detailsWidth: null,
  timelineHeight: null,
  mode: 'time',
  isDrawerOpen: false,
  dialog: null,
  toasts: [],
  ...readKept(),
  set(change) {
    set(change);
    const state = get();
    localStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(KEPT.map((key) => [key, state[key]]))));
  },
  toast(text, kind = 'info') {
    const key = nextToast;
    nextToast += 1;
    set((state) => ({ toasts: [...state.toasts, { key, text, kind }] }));
    setTimeout(() => set((state) => ({ toasts: state.toasts.filter((toast) => toast.key !== key) })), TOAST_MS);
  },
}));
