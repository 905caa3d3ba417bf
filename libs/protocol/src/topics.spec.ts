import { expect, it } from 'vitest';
import { controlPartitionOf } from './control.js';
import { limits } from './limits.js';
import { bandOfTopic, planTopics, topicsOf } from './topics.js';

const plan = planTopics({ prefix: 'test', logPartitions: 8, taskPartitions: 16, queues: ['default', 'etl'] });
const topicNamed = (name: string) => plan.find(({ topic }) => topic === name)!;

it('plans each topic once, with a topic per queue and band', () => {
  expect(new Set(plan.map(({ topic }) => topic)).size).toBe(plan.length);
  const tasks = plan.filter(({ topic }) => topic.startsWith('test.tasks.'));
  expect(tasks.map(({ topic }) => topic).slice(0, 5)).toEqual(
    ['critical', 'high', 'normal', 'low', 'background'].map((band) => `test.tasks.default.${band}`),
  );
  expect(tasks.map(({ partitions }) => partitions)).toEqual(new Array(10).fill(16));
});

it('keeps the log for ever, never compacted, with the broker’s time', () => {
  expect(topicNamed('test.log')).toEqual({
    topic: 'test.log',
    partitions: 8,
    config: {
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
      'max.message.bytes': '1048576',
      'message.timestamp.type': 'LogAppendTime',
    },
  });
});

it('compacts nothing, and lets every topic take the largest record', () => {
  for (const { config } of plan) {
    expect(config['cleanup.policy']).toBe('delete');
    expect(Number(config['max.message.bytes'])).toBe(limits.recordBytesMax);
  }
});

it('gives everything that is judged by append time the broker’s time', () => {
  const judged = [topicsOf('test').log, topicsOf('test').workers, topicsOf('test').tasks('etl', 'low')];
  for (const topic of judged) expect(topicNamed(topic).config['message.timestamp.type']).toBe('LogAppendTime');
});

it('tells the band of a task topic by its name, also where a queue is named like a band', () => {
  const { tasks } = topicsOf('critical');
  expect([tasks('low', 'critical'), tasks('critical', 'background'), 'constructor'].map(bandOfTopic)).toEqual([
    5, 1, 3,
  ]);
});

it('keeps tasks for at least a day', () => {
  expect(Number(topicNamed('test.tasks.etl.low').config['retention.ms'])).toBeGreaterThanOrEqual(24 * 60 * 60 * 1_000);
});

it('sends all that concerns one recipient to one partition, and spreads recipients', () => {
  const partitions = Array.from({ length: 100 }, (_, index) => controlPartitionOf(`worker-${index}`, 4));
  expect(new Set(partitions)).toEqual(new Set([0, 1, 2, 3]));
  expect(controlPartitionOf('worker-7', 4)).toBe(controlPartitionOf('worker-7', 4));
});
