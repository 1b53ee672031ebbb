import { describe, expect, it } from 'vitest';
import { nodeType } from '../../test/builders';
import { packOf } from './pack';

const from = (module: string) => ({ ...nodeType('A', []), module });

describe('the pack of a node', () => {
  it.each([
    ['custom_nodes.some-pack', 'some-pack'],
    ['custom_nodes.some.nodes', 'some'],
    ['nodes.output', ''],
    ['core', ''],
    ['', null],
  ])('%s', (module, pack) => expect(packOf({}, from(module))).toBe(pack));

  it('is what a file says where the type is missing', () => {
    expect(packOf({ properties: { cnr_id: 'one', aux_id: 'me/other' } }, null)).toBe('one');
    expect(packOf({ properties: { aux_id: 'me/other' } }, null)).toBe('me/other');
    expect(packOf({ properties: { cnr_id: 5 } }, null)).toBeNull();
    expect(packOf({}, null)).toBeNull();
  });
});
