// Two pictures, and the two runs that made them.

import { useStore } from 'zustand';
import { lazily } from '../../app/lazily';
import { registerHost } from '../../app/panels';
import { compare } from '../../stores/compare';

const useOpen = () => useStore(compare, (state) => state.pair !== null);
const load = () => import('./CompareDialog').then((module) => module.CompareHost);

registerHost({ id: 'compare', Component: lazily(load, useOpen) });
