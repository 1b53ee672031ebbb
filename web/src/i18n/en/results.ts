// Texts of the parts that RESULTS owns. Keys begin with the part's name.

export const results = {} as const;
