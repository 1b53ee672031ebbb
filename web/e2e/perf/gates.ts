// The figures that are judged, P1 to P16, and by what. Milliseconds are the processor's own on the page's main
// thread: other programs slow the clock, not the code.

/** `gate` fails the check, `goal` is aimed at. */
interface Limit {
  readonly gate: number;
  readonly goal: number;
}

export const LIMITS: Readonly<Record<string, Readonly<Record<string, Limit>>>> = {
  'P1 open': { cpu: { gate: 500, goal: 200 } },
  'P2 pan fit': { cpu50: { gate: 20, goal: 10 } },
  'P3 pan z1': { cpu50: { gate: 30, goal: 14 }, slowPercent: { gate: 2, goal: 0 } },
  'P4 zoom': { cpuWorst: { gate: 120, goal: 33 } },
  'P5 undo': { undoCpu: { gate: 50, goal: 16 }, redoCpu: { gate: 50, goal: 16 } },
  'P6 drag 1': { cpu50: { gate: 20, goal: 10 } },
  'P6 drag 200': { cpu50: { gate: 40, goal: 20 } },
  'P7 heap': { mb: { gate: 60, goal: 25 } },
  'P8 5,000': { openCpu: { gate: 1500, goal: 400 }, cpu50: { gate: 60, goal: 26 } },
  'P9 prompt': { cpu95: { gate: 50, goal: 20 } },
  'P10 search': { cpu95: { gate: 30, goal: 8 } },
  'P11 flood': { cpuTasksOver50: { gate: 5, goal: 0 }, heapGrowth: { gate: 15, goal: 5 } },
  'P12 boot': { cpu: { gate: 2000, goal: 800 }, kB: { gate: 300, goal: 220 } },
  // As Core Web Vitals count it; below a tenth is good.
  'P12 layout shift': { thousandths: { gate: 50, goal: 0 } },
  'P13 panel, by the wheel': { cells: { gate: 300, goal: 120 }, cpu50: { gate: 30, goal: 12 } },
  'P13 panel, by leaps': { cells: { gate: 300, goal: 120 }, cpu50: { gate: 30, goal: 12 } },
  'P13 window, by the wheel': { cells: { gate: 300, goal: 120 }, cpu50: { gate: 30, goal: 12 } },
  'P13 window, by leaps': { cells: { gate: 300, goal: 120 }, cpu50: { gate: 30, goal: 12 } },
  'P14 idle': { perSecond: { gate: 0, goal: 0 } },
  'P15 dialogs': { mb: { gate: 2, goal: 0 } },
  'P16 list': { cpu50: { gate: 100, goal: 30 }, rows: { gate: 40, goal: 25 } },
};
