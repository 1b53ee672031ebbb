// One file in a grid: its small picture with what the user says of it.

import { type MouseEvent, memo } from 'react';
import { when } from '../../core/words';
import { t } from '../../i18n/t';
import type { Picture } from '../../stores/pictures';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import css from './Cell.module.css';
import { startDrag } from './drag';
import { leave, restOn } from './hover';
import { Thumb } from './Thumb';

export interface CellEvents {
  readonly focus: (index: number, picture: Picture) => void;
  readonly click: (event: MouseEvent, index: number, picture: Picture) => void;
  readonly open: (index: number, picture: Picture) => void;
  readonly menu: (event: MouseEvent, picture: Picture) => void;
}

interface CellProps {
  readonly picture: Picture | undefined;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isFocusable: boolean;
  readonly isLarge: boolean;
  readonly isDisabled: boolean;
  readonly events: CellEvents;
}

export const Cell = memo(function Cell(props: CellProps) {
  const { picture, index, isSelected, isFocusable, isLarge, isDisabled, events } = props;
  if (picture === undefined) return <span className={css['cell']} />;
  const { item } = picture;
  return (
    <button
      type="button"
      className={classes(
        css['cell'],
        isSelected && css['selected'],
        item?.rejected === true && css['rejected'],
      )}
      data-index={index}
      data-key={picture.key}
      tabIndex={isFocusable ? 0 : -1}
      aria-label={wordsOf(picture, isSelected)}
      aria-disabled={isDisabled}
      draggable
      onDragStart={(event) => {
        leave();
        startDrag(event.dataTransfer, picture);
      }}
      onFocus={() => events.focus(index, picture)}
      onClick={(event) => events.click(event, index, picture)}
      onDoubleClick={() => events.open(index, picture)}
      onContextMenu={(event) => events.menu(event, picture)}
      onPointerEnter={(event) => event.pointerType === 'mouse' && restOn(picture, event.currentTarget)}
      onPointerLeave={leave}
      onPointerDown={leave}
    >
      <Thumb picture={picture} isLarge={isLarge} />
      {item !== null && (item.star || item.rating > 0 || item.rejected || item.tags.length > 0) && (
        <span className={css['marks']} aria-hidden="true">
          {item.rejected && (
            <span className={css['reject']}>
              <Icon name="close" size={12} />
            </span>
          )}
          {item.star && (
            <span className={css['star']}>
              <Icon name="star" size={12} />
            </span>
          )}
          {item.rating > 0 && <span className={css['rating']}>{'★'.repeat(item.rating)}</span>}
          {item.tags.length > 0 && <span className={css['tags']}>{item.tags.join(' · ')}</span>}
        </span>
      )}
      {isSelected && (
        <span className={css['tick']}>
          <Icon name="check" size={12} />
        </span>
      )}
    </button>
  );
});

/** Name, time, marks, and whether it is selected. */
function wordsOf({ filename, at, item }: Picture, isSelected: boolean): string {
  return [
    filename,
    when(at),
    item?.star === true ? t('gallery.isStarred') : '',
    item != null && item.rating > 0 ? t('gallery.isRated', { count: item.rating }) : '',
    item?.rejected === true ? t('gallery.isRejected') : '',
    isSelected ? t('gallery.isSelected') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
