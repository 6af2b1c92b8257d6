/** Tells of steps that ended badly while nobody looks; off until somebody turns it on. */
import { Notification } from 'electron';
import type { Step } from '../proxy-core/protocol/api/control-api.ts';

export interface NotifierOptions {
  isWanted: () => boolean;
  /** The page's place to open when the notification is clicked. */
  onClick: (place: string) => void;
}

export function createNotifier({ isWanted, onClick }: NotifierOptions): (step: Step) => void {
  return (step) => {
    if (!isWanted() || !Notification.isSupported()) return;
    const body = step.error ?? (step.status === 'failed' ? 'A step has failed.' : 'A stream breaks the rules of the Responses API.');
    const notification = new Notification({ title: 'Deltascope', body });
    notification.on('click', () => onClick(`#/session/${step.sessionId}`));
    notification.show();
  };
}
