import { createClient } from '@millrace/client';

/** Checked with the types of browsers and without those of Node. */
export const client = createClient({ url: 'https://millrace.example' });
