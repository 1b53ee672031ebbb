// What the runs of this tab made, the latest run first.

import { useStore } from 'zustand';
import { thumbUrl } from '../../api/assets';
import type { AssetView } from '../../api/types';
import { seconds } from '../../core/words';
import { t } from '../../i18n/t';
import { openLightbox } from '../../stores/lightbox';
import { type Run, runs } from '../../stores/runs';
import { tabs } from '../../stores/tabs';
import { versionAt, written } from '../../stores/written';
import { Empty } from '../../ui/Empty';
import { showMenuOf } from '../gallery/api';
import { filesOf } from './pictures';
import css from './ResultsPanel.module.css';

const MOST_RUNS = 20;

export function ResultsPanel() {
  const tab = useStore(tabs, (state) => state.active);
  const all = useStore(runs, (state) => state.runs);
  const shown = [...all.values()]
    .filter((run) => run.tabId === tab && run.outputs.size > 0)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(0, MOST_RUNS);
  if (shown.length === 0)
    return <Empty icon="image" title={t('outputs.none')} text={t('outputs.noneText')} />;
  return (
    <ol className={css['runs']}>
      {shown.map((run) => (
        <RunResults key={run.jobId} run={run} />
      ))}
    </ol>
  );
}

function RunResults({ run }: { readonly run: Run }) {
  const files = [...run.outputs.keys()].flatMap((node) => filesOf(run, node));
  const texts = [...run.outputs.values()].flatMap((ui) => (ui['text'] ?? []).map(String));
  const took = run.startedAt !== null && run.finishedAt !== null ? run.finishedAt - run.startedAt : null;
  return (
    <li>
      <p className={css['when']}>
        {new Date(run.createdAt * 1000).toLocaleTimeString()}
        {took !== null && ` · ${seconds(took)}`}
      </p>
      {files.length > 0 && (
        <ul className={css['files']}>
          {files.map((file, index) => (
            <li key={`${file.node_id}/${file.key}/${file.index}`}>
              <Picture file={file} onOpen={() => openLightbox(files, index)} />
            </li>
          ))}
        </ul>
      )}
      {texts.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a run that has ended keeps its order
        <pre key={index} className={css['text']}>
          {text}
        </pre>
      ))}
    </li>
  );
}

function Picture({ file, onOpen }: { readonly file: AssetView; readonly onOpen: () => void }) {
  useStore(written);
  return (
    <button
      type="button"
      className={css['file']}
      aria-label={t('outputs.open', { name: file.filename, node: file.node_id })}
      onClick={onOpen}
      onContextMenu={(event) => {
        event.preventDefault();
        showMenuOf({ x: event.clientX, y: event.clientY }, file);
      }}
    >
      <img src={thumbUrl(file, versionAt(file))} alt="" loading="lazy" decoding="async" draggable={false} />
    </button>
  );
}
