import { NonRetryableError, type TaskContext } from '@millrace/worker';

interface Place {
  readonly city?: string;
}

interface Readings {
  readonly city: string;
  readonly celsius: readonly number[];
}

/** Handlers by name: `weather.yaml` names them, and `millrace up --handlers` serves them. */
export const handlers = {
  // Stands in for a station that answers at the third time of asking.
  'fetch-readings': async ({ city }: Place = {}, { attempt, logger }: TaskContext): Promise<Readings> => {
    if (city === undefined) throw new NonRetryableError('Expected a city in the input, but found none.');
    if (attempt < 3) throw new Error(`The station of ${city} did not answer.`);
    logger.info({ city, attempt }, 'readings are there');
    return { city, celsius: [14, 17, 12] };
  },

  'write-report': async (_input: unknown, { parentResults }: TaskContext) => {
    const { city, celsius } = parentResults['fetch'] as unknown as Readings;
    return { report: `${city}: ${Math.min(...celsius)} to ${Math.max(...celsius)} degrees` };
  },
};
