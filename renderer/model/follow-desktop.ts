/** The app's native menus run the page's own commands. */
import { desktop } from '../services/desktop.ts';
import { commandById } from './commands.ts';

export function followDesktop(): void {
  desktop?.onCommand((id) => void commandById(id)?.run());
}
