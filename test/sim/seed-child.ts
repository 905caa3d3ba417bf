import { runSeeds } from './run-seeds.ts';

/** Runs ranges of seeds in a process of its own, as it is told. */
process.on('message', ({ from, to }: { from: number; to: number }) => {
  void runSeeds(from, to).then((totals) => process.send!(totals));
});
process.on('disconnect', () => process.exit());
