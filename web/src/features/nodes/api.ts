// What other parts may use of this one.

export { COLOURS, paintSelection } from './colours';
export { inputFacts } from './facts';
export { FONTS, setFont } from './fonts';
export { isPointerOnCanvas, pointerOnCanvas } from './pointer';
export { setTitle } from './titles';
