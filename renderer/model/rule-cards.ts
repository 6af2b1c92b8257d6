/** What the rules say of themselves (title, why, fix): a part of the page of its own, fetched when a card first needs it. */
import { useEffect } from 'react';
import { create } from 'zustand';

export interface RuleCard {
  title: string;
  why: string;
  fix: string;
  source: string;
}

/** Null until it has come. */
const useCards = create<{ cards: ReadonlyMap<string, RuleCard> | null }>()(() => ({ cards: null }));
let isAsked = false;

async function load(): Promise<void> {
  const { rules } = await import('../../proxy-core/protocol/lint/rules/index.ts');
  useCards.setState({ cards: new Map(rules.map(({ id, title, why, fix, source }) => [id, { title, why, fix, source }])) });
}

/** Null while it comes, and for a rule that this version does not know. */
export function useRuleCard(rule: string): RuleCard | null {
  const cards = useCards((state) => state.cards);
  useEffect(() => {
    if (isAsked) return;
    isAsked = true;
    load().catch(() => {
      isAsked = false; // the card goes without these words, the next one asks again
    });
  }, []);
  return cards?.get(rule) ?? null;
}
