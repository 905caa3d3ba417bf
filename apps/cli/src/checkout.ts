import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this command belongs to, seen from src and from dist alike. */
export const checkout = fileURLToPath(new URL('../../../', import.meta.url));

/** Where `millrace up` keeps its system, and other commands look for it. */
export const dataDirDefault = join(checkout, '.millrace', 'data');
