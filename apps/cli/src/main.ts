import { runMain } from './run-main.js';

// Who reads us may stop reading, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await runMain(process.argv.slice(2));
