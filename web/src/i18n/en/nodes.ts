// Texts of the parts that NODES owns. Keys begin with the part's name.

export const nodes = {} as const;
