// The row that shows, or folds away, what is rarely needed on a node.

import type { FoldPlace } from '../../core/geometry';
import type { NodeId } from '../../core/types';
import { t } from '../../i18n/t';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import type { GraphView } from '../GraphView';
import { editFold } from './edits';
import css from './node.module.css';
import { foldWords } from './words';

interface FoldRowProps {
  readonly view: GraphView;
  readonly node: NodeId;
  readonly place: FoldPlace;
  /** From the top of the body. */
  readonly top: number;
  /** Something is wrong with what is folded away. */
  readonly hasIssue: boolean;
}

export function FoldRow({ view, node, place, top, hasIssue }: FoldRowProps) {
  const { count, isUnfolded, h } = place;
  return (
    <button
      type="button"
      className={classes(css['foldRow'], hasIssue && css['foldFailed'])}
      style={{ top, height: h }}
      aria-expanded={isUnfolded}
      onClick={() => editFold(view, [node], !isUnfolded)}
    >
      <Icon name={isUnfolded ? 'chevronUp' : 'chevronDown'} size={10} />
      {foldWords(place)}
      {hasIssue && <Icon name="alert" size={12} />}
      <span className="visually-hidden">{t('node.advanced', { count })}</span>
    </button>
  );
}
