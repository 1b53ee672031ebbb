// Texts of the parts that GRAPH owns. Keys begin with the part's name.

export const graph = {} as const;
