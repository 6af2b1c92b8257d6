/** The shortcut sheet, drawn from the key table. */
import type { ReactElement } from 'react';
import { commandById } from '../model/commands.ts';
import { KEYS, type KeyEntry } from './key-table.ts';
import { Modal } from './modal.tsx';

const GROUPS: readonly KeyEntry['group'][] = ['Find', 'Move', 'Timeline', 'Session', 'Page'];
const MORE = [
  ['Ctrl wheel', 'Zoom about the pointer'],
  ['Drag, Shift wheel', 'Pan'],
  ['Double click on a lane', 'Fit its item'],
  ['Double click on the overview', 'Fit the step'],
  ['← → ↑ ↓ on the timeline', 'Event, lane'],
  ['Home End PgUp PgDn', 'Ends and pages of a list'],
  ['← → in a tree', 'Close, open'],
  ['← → ↑ ↓ on a divider', 'Resize the pane'],
  ['Esc', 'Close; clear the filter'],
  ['Shift click on a step', 'Open it besides the others'],
] as const;

export function ShortcutsDialog(): ReactElement {
  return (
    <Modal title="Keyboard shortcuts" className="shortcuts">
      <div className="shortcut-columns">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {KEYS.filter((entry) => entry.group === group).map((entry) => (
                <div key={entry.command}>
                  <dt>{commandById(entry.command)?.title}</dt>
                  <dd>
                    <kbd className="kbd">{entry.shown}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Pointer and lists</h3>
          <dl>
            {MORE.map(([keys, what]) => (
              <div key={keys}>
                <dt>{what}</dt>
                <dd>
                  <kbd className="kbd">{keys}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  );
}
