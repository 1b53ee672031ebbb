// What is dragged within the page, as the types of its data: who sets one and who takes it agree here.

/** Files of the gallery, as JSON. */
export const PICTURES = 'application/x-skein-pictures';
