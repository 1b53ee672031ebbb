// Says that the last of the runs has ended, where the user asked for it: by a sound, and, while another window is in
// front, by a notification of the system.

import { t } from '../../i18n/t';
import { ENDED, onRunEvent, originOf, type Run, runs } from '../../stores/runs';
import { settings } from '../../stores/settings';

/** Who waited less has not gone away. */
const LONG = 10;
/** Until the queue has been asked for. */
const SETTLE = 500;

export function isWorthTelling(run: Run | undefined): boolean {
  if (run === undefined || run.startedAt === null || run.finishedAt === null) return false;
  if (run.state !== 'succeeded' && run.state !== 'failed') return false;
  return run.finishedAt - run.startedAt >= LONG;
}

function tell(run: Run): void {
  const { running, pendingTotal } = runs.getState();
  if (running.some((job) => job.id !== run.jobId) || pendingTotal > 0) return;
  const { notifiesDone, soundsDone } = settings.getState();
  const isGood = run.state === 'succeeded';
  if (soundsDone) play(isGood ? [523, 784] : [392, 262]);
  if (!notifiesDone || document.hasFocus() || !('Notification' in window)) return;
  if (Notification.permission !== 'granted') return;
  const shown = new Notification(t(isGood ? 'run.said.succeeded' : 'run.failed'), {
    body: isGood ? run.name : `${run.name}: ${run.error?.message ?? ''}`,
    tag: 'skein-run',
  });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}

/** Two soft tones, one after the other; in hertz. */
function play(tones: readonly number[]): void {
  const context = new AudioContext();
  for (const [index, tone] of tones.entries()) {
    const [oscillator, volume] = [context.createOscillator(), context.createGain()];
    const from = context.currentTime + index * 0.18;
    oscillator.frequency.value = tone;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.15, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.35);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + 0.4);
  }
  setTimeout(() => void context.close(), 1500);
}

export function followEnds(): void {
  // The browser asks whether notifications may be shown only when the user turns them on.
  settings.subscribe((state, before) => {
    const isAsked = state.notifiesDone && !before.notifiesDone && document.hasFocus();
    if (isAsked && 'Notification' in window && Notification.permission === 'default')
      void Notification.requestPermission();
  });
  onRunEvent((jobId, event) => {
    if (!ENDED.has(event.type as 'failed') || originOf(jobId) === null) return;
    setTimeout(() => {
      const run = runs.getState().runs.get(jobId);
      if (run !== undefined && isWorthTelling(run)) tell(run);
    }, SETTLE);
  });
}
