// One node as an element, in graph units, exactly where geometry.ts says: it looks like what is painted in its stead.

import { memo, useCallback, useSyncExternalStore } from 'react';
import { inkOn } from '../../core/colour';
import { toggleFlag } from '../../core/edit';
import { isVirtual } from '../../core/everywhere';
import { bottomOf, isPinned, type Layout } from '../../core/geometry';
import { asObject, asString, type JsonObject } from '../../core/json';
import { packOf } from '../../core/pack';
import { BYPASSED, MUTED, modeOf, type NodeShape, titleOf, typeNameOf } from '../../core/slots';
import { textEdges } from '../../core/texts';
import type { NodeId } from '../../core/types';
import { controlsOf } from '../../core/values';
import { t } from '../../i18n/t';
import { classes } from '../../ui/classes';
import { roomIn } from '../draw/pictures';
import type { GraphView } from '../GraphView';
import type { Mark } from '../paint';
import { blockedAt } from './blocked';
import { FoldRow } from './FoldRow';
import { isFed, sourceOf } from './feeds';
import { issueAt } from './issues';
import { MissingNode, missingWords } from './MissingNode';
import { type Badge, NodeHeader } from './NodeHeader';
import css from './node.module.css';
import { PreviewArea } from './PreviewArea';
import { Dot, SlotRow } from './SlotRow';
import { timeOf } from './times';
import { WidgetRow } from './WidgetRow';
import { timeWords } from './words';

interface NodeViewProps {
  readonly view: GraphView;
  readonly id: NodeId;
}

export const NodeView = memo(function NodeView({ view, id }: NodeViewProps) {
  const subscribe = useCallback((watcher: () => void) => view.mounts.subscribeNode(id, watcher), [view, id]);
  useSyncExternalStore(subscribe, () => view.mounts.versionOf(id));
  const scene = view.scene;
  const [node, shape, layout] = [scene?.graph.nodes.get(id), scene?.shape(id), scene?.layout(id)];
  const onToggle = useCallback(() => {
    view.doc?.edit('collapse', view.scope, (tx) => toggleFlag(tx, [id], 'collapsed'));
  }, [view, id]);
  if (scene === null || node === undefined || shape === undefined || layout === undefined) return null;

  const title = titleOf(node, scene.catalog);
  const [mode, mark, done] = [modeOf(node), view.marks.get(id), view.progress.get(id)];
  const isMissing = isUnknown(view, node, shape);
  const seconds = timeOf(id);
  const badges = [
    ...badgesOf(node, shape, mode, isMissing),
    ...originBadges(view, id, node, shape),
    // What is missing blocks itself: its mark says so.
    ...(isMissing ? [] : fateOf(id, mark)),
  ].map((badge) =>
    layout.box.w < NARROW && badge.icon !== undefined ? { ...badge, isIconOnly: true } : badge,
  );
  const bgcolor = asString(node['bgcolor']);
  const { box, body } = layout;
  const isReroute = node['type'] === 'Reroute';
  return (
    <section
      className={classes(
        css['node'],
        view.selected.has(id) && css['selected'],
        mode === MUTED && css['muted'],
        mode === BYPASSED && css['bypassed'],
        mark !== undefined && css[mark],
        isMissing && css['isMissing'],
        layout.isCollapsed && css['collapsed'],
        isReroute && css['reroute'],
      )}
      style={{
        transform: `translate(${box.x}px, ${box.y}px)`,
        width: box.w,
        height: box.h,
        zIndex: scene.rank(id),
        ...(bgcolor !== null && mode !== BYPASSED ? { backgroundColor: bgcolor } : {}),
      }}
      data-node={id}
      data-type={typeNameOf(node)}
      data-ink={(mode === BYPASSED ? null : inkOn(bgcolor)) ?? undefined}
      data-mark={mark}
      aria-label={t('node.label', { title, type: shape.type?.display_name ?? typeNameOf(node) })}
    >
      {isReroute ? (
        <Reroute shape={shape} layout={layout} />
      ) : (
        <>
          <NodeHeader
            title={title}
            colour={asString(node['color'])}
            isCollapsed={layout.isCollapsed}
            isBypassed={mode === BYPASSED}
            badges={badges}
            badgeKey={badges.map(keyOf).join()}
            time={seconds === null ? null : timeWords(seconds)}
            onToggle={onToggle}
          />
          {done !== undefined && (
            <progress
              className={css['progress']}
              value={done}
              max={1}
              aria-label={t('node.progress', { title })}
            />
          )}
          {!layout.isCollapsed && (
            <div className={css['body']} style={{ height: body.h }}>
              <Slots view={view} id={id} shape={shape} layout={layout} title={title} />
              <Widgets view={view} id={id} node={node} shape={shape} layout={layout} />
              {layout.fold !== null && (
                <FoldRow
                  view={view}
                  node={id}
                  place={layout.fold}
                  top={layout.fold.y - body.y}
                  hasIssue={shape.widgets.some(
                    ({ name }) =>
                      issueAt(id, name) !== null && !layout.widgets.some((each) => each.widget.name === name),
                  )}
                />
              )}
              {isMissing && (
                <MissingNode
                  node={node}
                  top={bottomOf(shape, layout)}
                  room={body.h - bottomOf(shape, layout)}
                />
              )}
              <PreviewArea view={view} node={id} room={roomIn(shape, layout)} />
            </div>
          )}
          {layout.isCollapsed && <CollapsedDots shape={shape} />}
        </>
      )}
      {mark !== undefined && !FATES.has(mark) && (
        <span className="visually-hidden">{t(`node.mark.${mark}`)}</span>
      )}
    </section>
  );
});

function isUnknown(view: GraphView, node: JsonObject, shape: NodeShape): boolean {
  const [name, graph] = [typeNameOf(node), view.scene?.graph];
  return (
    shape.type === null &&
    graph !== undefined &&
    !isVirtual(node, graph, view.catalog) &&
    view.catalog.size > 0 &&
    view.doc?.has(name) !== true &&
    !name.startsWith('workflow')
  );
}

/** What a run would do with the node: its title says so. */
const FATES: ReadonlySet<Mark> = new Set<Mark>(['planned', 'perhaps', 'blocked']);

function fateOf(id: NodeId, mark: Mark | undefined): Badge[] {
  if (mark === 'planned' || mark === 'perhaps')
    return [{ text: `node.mark.${mark}`, icon: 'play', tone: 'bare', isIconOnly: true }];
  if (mark !== 'blocked') return [];
  const words = t('node.mark.blocked');
  const found = blockedAt(id);
  if (found?.isCause === true) return [{ text: { words, title: found.why }, icon: 'alert', tone: 'danger' }];
  const why = t('node.blockedBy', { why: found?.why ?? '' });
  return [{ text: { words, title: why }, icon: 'stop', tone: 'warning' }];
}

function keyOf({ text, isIconOnly }: Badge): string {
  return `${typeof text === 'string' ? text : text.title}${isIconOnly === true}`;
}

/** Narrower, the words of badges would leave nothing of a title. */
const NARROW = 240;

function missingBadge(node: JsonObject): Badge {
  const text = { words: t('node.missing'), title: missingWords(node) };
  return { text, icon: 'alert', tone: 'danger' };
}

function badgesOf(node: JsonObject, shape: NodeShape, mode: number, isMissing: boolean): Badge[] {
  const flags = asObject(node['flags']);
  return [
    ...(isMissing ? [missingBadge(node)] : []),
    ...(shape.type?.deprecated === true ? [{ text: 'node.deprecated', tone: 'warning' } as const] : []),
    ...(shape.type?.experimental === true ? [{ text: 'node.experimental', tone: 'quiet' } as const] : []),
    ...(mode === MUTED ? [{ text: 'node.muted', icon: 'mute', isIconOnly: true } as const] : []),
    ...(mode === BYPASSED ? [{ text: 'node.bypassed', icon: 'bypass', isIconOnly: true } as const] : []),
    ...(flags?.['pinned'] === true ? [{ text: 'node.pinned', icon: 'pin', isIconOnly: true } as const] : []),
  ];
}

/** Which node it is, and where it comes from, for those who want to see that. */
function originBadges({ preferences }: GraphView, id: NodeId, node: JsonObject, shape: NodeShape): Badge[] {
  const { showsIds, showsPacks } = preferences;
  const pack = showsPacks ? packOf(node, shape.type) : null;
  const name = pack === '' ? t('node.builtIn') : pack;
  return [
    ...(name === null ? [] : [{ text: { words: name, title: t('node.pack', { name }) } }]),
    ...(showsIds ? [{ text: { words: `#${id}`, title: t('node.id', { id }) } }] : []),
  ];
}

interface PartProps {
  readonly shape: NodeShape;
  readonly layout: Layout;
}

interface SlotsProps extends PartProps {
  readonly view: GraphView;
  readonly id: NodeId;
  readonly title: string;
}

function Slots({ view, id, shape, layout, title }: SlotsProps) {
  const sockets = shape.inputs.filter((slot) => !slot.isWidget);
  const share = shape.outputs.length > 0 && sockets.length > 0 ? 0.5 : 1;
  const width = layout.body.w * share - 6;
  return (
    <>
      {sockets.length > 0 && (
        <ul className={css['slots']} aria-label={t('node.inputs', { title })}>
          {shape.inputs.map((slot, index) => {
            const place = layout.inputs[index];
            if (slot.isWidget || place === undefined) return null;
            const isLinked = isFed(view, id, slot);
            const state = isLinked ? 'node.linked' : slot.isOptional ? 'node.optional' : 'node.unlinked';
            return (
              <SlotRow
                key={slot.name}
                side="in"
                name={slot.name}
                label={slot.label}
                type={slot.type}
                y={place.y - layout.body.y}
                width={width}
                isList={slot.isList}
                isOptional={slot.isOptional}
                isLinked={isLinked}
                error={issueAt(id, slot.name) !== null}
                words={t('node.slotIn', { name: slot.label, type: typeWords(slot), state: t(state) })}
              />
            );
          })}
        </ul>
      )}
      {shape.outputs.length > 0 && (
        <ul className={css['slots']} aria-label={t('node.outputs', { title })}>
          {shape.outputs.map((slot, index) => (
            <SlotRow
              // biome-ignore lint/suspicious/noArrayIndexKey: outputs are known by their place
              key={index}
              side="out"
              name={slot.name}
              label={slot.label}
              type={slot.type}
              y={(layout.outputs[index]?.y ?? 0) - layout.body.y}
              width={width}
              isList={slot.isList}
              isOptional={false}
              isLinked
              error={false}
              words={t('node.slotOut', { name: slot.label, type: typeWords(slot) })}
            />
          ))}
        </ul>
      )}
    </>
  );
}

function typeWords(slot: { readonly type: string; readonly isList: boolean }): string {
  return slot.isList ? t('node.list', { type: slot.type }) : slot.type;
}

interface WidgetsProps extends PartProps {
  readonly view: GraphView;
  readonly id: NodeId;
  readonly node: JsonObject;
}

function Widgets({ view, id, node, shape, layout }: WidgetsProps) {
  const controls = shape.type === null ? new Map() : controlsOf(node, shape.type);
  const edges = new Set(isPinned(node) ? [] : textEdges(shape, layout).map(({ name }) => name));
  return layout.widgets.map(({ widget, y, h }) => {
    const slot = shape.inputs.find((each) => each.isWidget && each.name === widget.name) ?? null;
    const control = controls.get(widget.name);
    return (
      <WidgetRow
        key={widget.name}
        view={view}
        node={id}
        widget={widget}
        control={typeof control === 'string' ? control : null}
        slot={slot}
        source={sourceOf(view, id, slot)}
        top={y - layout.body.y}
        height={h}
        isReadOnly={shape.type === null && widget.input === null}
        error={issueAt(id, widget.name)}
        hasEdge={edges.has(widget.name)}
      />
    );
  });
}

function CollapsedDots({ shape }: { readonly shape: NodeShape }) {
  const input =
    shape.inputs.find((slot) => slot.link !== null) ?? shape.inputs.find((slot) => !slot.isWidget);
  const output = shape.outputs[0];
  return (
    <>
      {input !== undefined && (
        <span className={css['collapsedIn']}>
          <Dot type={input.type} isList={false} />
        </span>
      )}
      {output !== undefined && (
        <span className={css['collapsedOut']}>
          <Dot type={output.type} isList={false} />
        </span>
      )}
    </>
  );
}

function Reroute({ shape, layout }: PartProps) {
  const type = shape.outputs[0]?.type ?? shape.inputs[0]?.type ?? '*';
  return (
    <div className={css['rerouteBody']} style={{ height: layout.body.h }}>
      <Dot type={type} isList={false} />
      <span className={css['rerouteLabel']}>{shape.outputs[0]?.label || (type === '*' ? '' : type)}</span>
      <Dot type={type} isList={false} />
    </div>
  );
}
