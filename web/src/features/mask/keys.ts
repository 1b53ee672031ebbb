// What keys do in the mask editor.

import type { TextKey } from '../../i18n/t';
import { brush, setHardness, stepSize, switchTool } from './brush';
import type { Stage } from './stage';

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly target: EventTarget | null;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const FAR = 24;

/** Do it; null if the key means nothing here, else what is to be said of it ('' for nothing). */
export function keyAction(
  event: Key,
  isDown: boolean,
  stage: Stage,
  isOnStage: boolean,
): TextKey | '' | null {
  const { key, altKey, shiftKey } = event;
  const isCtrl = event.ctrlKey || event.metaKey;
  if (key === ' ' && isOnStage) {
    stage.setSpace(isDown);
    return '';
  }
  if (!isDown || altKey) return null;
  if (isCtrl) {
    const letter = key.toLowerCase();
    if (letter === 'z' && !shiftKey) stage.undo();
    else if (letter === 'y' || letter === 'z') stage.redo();
    else return null;
    return '';
  }
  // A field for a number takes letters and signs by itself.
  if (event.target instanceof HTMLInputElement && event.target.type !== 'range') return null;
  const arrow = ARROWS[key];
  if (arrow !== undefined) {
    if (!isOnStage) return null;
    const far = shiftKey ? FAR * 4 : FAR;
    stage.nudge(arrow[0] * far, arrow[1] * far);
    return '';
  }
  if (key === 'Enter' && isOnStage) return stage.press() ? 'mask.brushDown' : 'mask.brushUp';
  return short(key, stage);
}

function short(key: string, stage: Stage): TextKey | '' | null {
  const { hardness, tool } = brush.getState();
  switch (key) {
    case '[':
      stepSize(-1);
      return '';
    case ']':
      stepSize(1);
      return '';
    case '{':
      setHardness(hardness - 0.1);
      return '';
    case '}':
      setHardness(hardness + 0.1);
      return '';
    case '+':
    case '=':
      stage.zoom(1.25);
      return '';
    case '-':
      stage.zoom(0.8);
      return '';
    case '0':
    case '.':
      stage.fit();
      return '';
  }
  switch (key.toLowerCase()) {
    case 'x':
      switchTool();
      return tool === 'pen' ? 'mask.eraser' : 'mask.pen';
    case 'b':
      brush.setState({ tool: 'pen' });
      return 'mask.pen';
    case 'e':
      brush.setState({ tool: 'eraser' });
      return 'mask.eraser';
    case 'i':
      stage.invert();
      return '';
    default:
      return null;
  }
}
