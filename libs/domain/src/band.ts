/** Priority bands, highest first; events and rows hold the number. */
export type Band = 1 | 2 | 3 | 4 | 5;
export const bandNames = { critical: 5, high: 4, normal: 3, low: 2, background: 1 } as const;
export type BandName = keyof typeof bandNames;
export const bandsHighestFirst: readonly Band[] = [5, 4, 3, 2, 1];
export const bandDefault: Band = 3;

const nameByBand: Record<Band, BandName> = { 5: 'critical', 4: 'high', 3: 'normal', 2: 'low', 1: 'background' };

export function bandName(band: Band): BandName {
  return nameByBand[band];
}
