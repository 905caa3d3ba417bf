import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { nodeFlagsOf, serviceKinds } from '../apps/cli/src/up/service-kinds.js';

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly environment: Record<string, string | number>;
}

const file = readFileSync(join(import.meta.dirname, '..', 'docker-compose.yml'), 'utf8');
const { services } = parse(file, { merge: true }) as { services: Record<string, Service> };
const named = Object.entries(services);
const brokers = named.filter(([, service]) => service.image?.startsWith('apache/kafka:'));

describe('docker-compose.yml', () => {
  it.each(named)('runs %s on an official image of a stated version', (_, { image }) => {
    expect(image).toMatch(/^(apache\/kafka:4\.4\.0|postgres:18|node:24)$/);
  });

  it('publishes ports on the loopback address alone, and none twice', () => {
    const ports = named.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const hostPorts = ports.map((port) => port.split(':')[1]);
    expect(new Set(hostPorts).size).toBe(hostPorts.length);
  });

  it('asks every server and service whether it is healthy', () => {
    const unasked = named.filter(([, { healthcheck }]) => (healthcheck?.test?.length ?? 0) < 2).map(([name]) => name);
    expect(unasked).toEqual(['prepare']);
  });

  it('runs every service of the system, after its topics are there', () => {
    for (const app of serviceKinds) {
      expect(services[app]?.command).toEqual(['node', ...nodeFlagsOf(app), `apps/${app}/dist/main.js`]);
      expect(services[app]?.depends_on).toEqual({ prepare: { condition: 'service_completed_successfully' } });
    }
    for (const needed of Object.keys(services['prepare']?.depends_on ?? {})) expect(services).toHaveProperty(needed);
  });

  it('has one broker by default and three in the profile "replicated", of one cluster and with ids of their own', () => {
    const profiles = brokers.map(([, { profiles = [] }]) => profiles);
    expect(profiles).toEqual([[], ['replicated'], ['replicated']]);
    expect(new Set(brokers.map(([, { environment }]) => environment['CLUSTER_ID'])).size).toBe(1);
    expect(brokers.map(([, { environment }]) => environment['KAFKA_NODE_ID'])).toEqual([1, 2, 3]);
  });

  it('sets no variable of ours that the page for operators does not know, and asks the port that services bind', () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'operations.md'), 'utf8');
    const ours = named.flatMap(([, { environment }]) =>
      Object.keys(environment).filter((key) => /^MILLRACE_/.test(key)),
    );
    expect(ours).toContain('MILLRACE_KAFKA_BROKERS');
    expect(ours.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
    for (const app of serviceKinds) {
      const port = services[app]!.environment['PORT'];
      expect(services[app]!.healthcheck?.test?.join(' ')).toContain(`http://127.0.0.1:${port}/readyz`);
      for (const published of services[app]!.ports ?? []) expect(published.split(':').at(-1)).toBe(String(port));
    }
    expect(services['ingest']!.environment['MILLRACE_QUERY_URL']).toBe(
      `http://query:${services['query']!.environment['PORT']}`,
    );
  });
});
