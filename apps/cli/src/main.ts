import { runMain } from './run-main.js';

// Who reads us may stop reading, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await runMain(process.argv.slice(2));

// A connection that is still being tried, to a server that does not answer, keeps nobody waiting.
const lookMs = 200;
setInterval(() => {
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
}, lookMs).unref();
