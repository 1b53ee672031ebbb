// A note: shown as Markdown, edited as text after a double click (or Enter).

import { Fragment, type ReactNode, useMemo, useState } from 'react';
import { type Block, type Inline, parseMarkdown } from '../core/markdown';
import { t } from '../i18n/t';
import css from './Markdown.module.css';
import { Text } from './Text';
import type { WidgetProps } from './types';

export function Markdown(props: WidgetProps) {
  const { value, label, isReadOnly, onSettle } = props;
  const [isEditing, setEditing] = useState(false);
  const text = typeof value === 'string' ? value : '';
  if (isEditing) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: listens for the field inside
      <div
        className={css['edit']}
        onBlur={() => {
          setEditing(false);
          onSettle();
        }}
        onKeyDown={(event) => event.key === 'Escape' && setEditing(false)}
        ref={(element) => element?.querySelector('textarea')?.focus()}
      >
        <Text {...props} />
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: what is in it cannot stand in a button
    <div
      className={css['note']}
      role="button"
      tabIndex={0}
      aria-label={t('widget.editNote', { label })}
      data-scrolls=""
      onDoubleClick={(event) => {
        event.stopPropagation();
        if (!isReadOnly) setEditing(true);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || isReadOnly || event.target !== event.currentTarget) return;
        event.preventDefault();
        event.stopPropagation();
        setEditing(true);
      }}
    >
      {text.trim() === '' ? (
        <p className={css['empty']}>{t('widget.emptyNote')}</p>
      ) : (
        <MarkdownText text={text} />
      )}
    </div>
  );
}

export function MarkdownText({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  // biome-ignore lint/suspicious/noArrayIndexKey: blocks are known by their place
  return blocks.map((block, index) => <Fragment key={index}>{showBlock(block)}</Fragment>);
}

function showBlock(block: Block): ReactNode {
  switch (block.kind) {
    case 'heading':
      return <p className={block.level <= 2 ? css['heading'] : css['subheading']}>{show(block.parts)}</p>;
    case 'code':
      return <pre className={css['code']}>{block.text}</pre>;
    case 'rule':
      return <hr className={css['rule']} />;
    case 'quote':
      return <blockquote className={css['quote']}>{show(block.parts)}</blockquote>;
    case 'table':
      return (
        <table className={css['table']}>
          <tbody>
            {block.rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows are known by their place
              <tr key={index}>
                {row.map((cell, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells are known by their place
                  <td key={place}>{show(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
    case 'list': {
      const items = block.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items are known by their place
        <li key={index}>{show(item)}</li>
      ));
      return block.isOrdered ? (
        <ol className={css['ordered']}>{items}</ol>
      ) : (
        <ul className={css['list']}>{items}</ul>
      );
    }
    default:
      return <p className={css['paragraph']}>{show(block.parts)}</p>;
  }
}

function show(parts: readonly Inline[]): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: parts are known by their place
  return parts.map((part, index) => <Fragment key={index}>{showPart(part)}</Fragment>);
}

function showPart(part: Inline): ReactNode {
  switch (part.kind) {
    case 'code':
      return <code className={css['inline']}>{part.text}</code>;
    case 'strong':
      return <strong>{show(part.parts)}</strong>;
    case 'em':
      return <em>{show(part.parts)}</em>;
    case 'del':
      return <del>{show(part.parts)}</del>;
    case 'link':
      return (
        <a href={part.href} target="_blank" rel="noreferrer noopener">
          {show(part.parts)}
        </a>
      );
    default:
      return part.text;
  }
}
