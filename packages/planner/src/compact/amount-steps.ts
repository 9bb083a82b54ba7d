/** Into how many steps a doubling is divided where amounts are written by their logarithm. */
export const AMOUNT_STEPS = 2048;
