/** The table's filter text, and which row the keyboard is on by way of the selection. */
import { create } from 'zustand';

export interface TableState {
  filter: string;
  setFilter(filter: string): void;
}

export const useTable = create<TableState>()((set) => ({
  filter: '',
  setFilter: (filter) => set({ filter }),
}));
