import { expect, it } from 'vitest';
import { catalog, input, nodeType } from '../../../test/builders';
import { GraphDoc } from '../../core/doc';
import { asArray } from '../../core/json';
import { catalog as types } from '../../stores/catalog';
import { asItRuns, prepareSeeds } from './seeds';

const SEED = input('seed', 'INT', { min: 0, max: 1000, seed_control: true });
types.setState({ types: catalog(nodeType('Sampler', [SEED, input('steps', 'INT')], ['LATENT'])) });

const doc = (control: string) =>
  new GraphDoc({
    nodes: [{ id: 1, type: 'Sampler', pos: [0, 0], widgets_values: [5, control, 20] }],
    links: [],
    version: 0.4,
  });
const valuesIn = (of: GraphDoc) => asArray(of.graph().nodes.get('1')?.['widgets_values']) ?? [];

it('is the document itself where no seed changes', () => {
  const fixed = doc('fixed');
  expect(asItRuns(fixed)).toBe(fixed);
});

it('has the seeds of the next run, and leaves the document as it is', () => {
  const counted = doc('increment');
  // The first run of a counted seed is the one that is shown.
  expect(valuesIn(asItRuns(counted))).toEqual([5, 'increment', 20]);
  prepareSeeds(counted);
  expect(valuesIn(asItRuns(counted))).toEqual([6, 'increment', 20]);
  expect(valuesIn(counted)).toEqual([5, 'increment', 20]);
  prepareSeeds(counted);
  expect(valuesIn(counted)).toEqual([6, 'increment', 20]);
});
