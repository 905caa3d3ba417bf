import { fileURLToPath } from 'node:url';

/** The checkout this command belongs to, seen from src and from dist alike. */
export const checkout = fileURLToPath(new URL('../../../', import.meta.url));
