import { expect, it } from 'vitest';
import { reportOf, withoutHome } from './report';

it.each([
  ['/home/anna/models/a.safetensors', '/home/…/models/a.safetensors'],
  ['File "/Users/anna/x.py", line 3', 'File "/Users/…/x.py", line 3'],
  ['/Users/anna lee/pictures/a.png', '/Users/…/pictures/a.png'],
  ['in /home/anna', 'in /home/…'],
  ['C:\\Users\\Anna\\x.py', 'C:\\Users\\…\\x.py'],
  ['C:\\Users\\Anna Lee\\x.py', 'C:\\Users\\…\\x.py'],
  ["'c:\\\\Users\\\\Anna\\\\x.py'", "'c:\\\\Users\\\\…\\\\x.py'"],
  ['C:/Users/Anna/x.py', 'C:/Users/…/x.py'],
  ['/home/anna/a and /home/otto/b', '/home/…/a and /home/…/b'],
  ['/opt/models/home.txt, at home', '/opt/models/home.txt, at home'],
])('%s shows nobody', (text, shown) => {
  expect(withoutHome(text)).toBe(shown);
});

it('tells of each problem with its inputs and its traceback', () => {
  const error = {
    ...{ type: 'node_failed', message: 'It broke.' },
    ...{ inputs: { image: "'/home/anna/a.png'" }, traceback: ['one', 'two'] },
  };
  const problem = { nodeId: '3', title: 'Load', input: '', message: 'It broke.', details: 'More.', error };
  const other = { ...problem, nodeId: '4', input: 'steps', details: '', error: null };
  expect(reportOf('flow job', ['A model is missing'], [problem, other]).split('\n\n')).toEqual([
    'Skein: flow job',
    'A model is missing',
    "Load (3): It broke.\nMore.\n  image = '/home/…/a.png'\none\ntwo",
    'Load (4) > steps: It broke.',
  ]);
});
