import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  SnapshotUnfit,
  type SnapshotContent,
  type SnapshotHeader,
  type SnapshotManifest,
  type SnapshotStore,
} from '../ports.js';

/** An empty store of two partitions, and what a test needs to harm it. */
export interface SnapshotsUnderTest {
  readonly store: SnapshotStore;
  /** Puts bytes where manifests are. */
  writeManifest(partition: number, value: Uint8Array): Promise<void>;
  /** First offset of the chunks of a partition that is still there. */
  firstChunk(partition: number): Promise<number>;
  close?(): Promise<void>;
}

const header = (position: number, over: Partial<SnapshotHeader> = {}): SnapshotHeader => ({
  ...{ format: 1, content: 'state', partition: 0, nonce: 'n', rules: 1, position, hash: 7 },
  ...over,
});
async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}
async function textOf(store: SnapshotStore, manifest: SnapshotManifest): Promise<string> {
  let text = '';
  for await (const chunk of store.load(manifest)) text += new TextDecoder().decode(chunk);
  return text;
}

/** What every `SnapshotStore` promises. `make` gives an empty one for each test. */
export function snapshotStoreContract(name: string, make: () => Promise<SnapshotsUnderTest>): void {
  describe(`${name} as a snapshot store`, () => {
    let given: SnapshotsUnderTest;
    beforeEach(async () => {
      given = await make();
    });
    afterEach(async () => {
      await given.store.close();
      await given.close?.();
    });
    const positions = async (content: SnapshotContent, partition = 0): Promise<number[]> =>
      (await given.store.newest(partition)).flatMap((each) => (each?.content === content ? [each.position] : []));

    it('has none at first', async () => {
      expect(await given.store.newest(0)).toEqual([]);
    });

    it('gives back what was saved, chunk by chunk, by its manifest', async () => {
      const saved = await given.store.save(header(5), chunksOf('one', 'two', 'three'));
      expect(saved).toMatchObject({ ...header(5), v: 1, bytes: 11 });
      const [found] = await given.store.newest(0);
      expect(found).toEqual(saved);
      expect(await textOf(given.store, found!)).toBe('onetwothree');
      expect(await given.store.newest(1)).toEqual([]);
    });

    it('gives chunks of any bytes up to half a mebibyte', async () => {
      const large = new Uint8Array(512 * 1024).map((_, index) => index % 251);
      const chunks = (async function* () {
        for (let count = 0; count < 5; count++) yield large;
      })();
      const saved = await given.store.save(header(5), chunks);
      let bytes = 0;
      for await (const chunk of given.store.load(saved)) {
        expect(Buffer.compare(chunk, large)).toBe(0);
        bytes += chunk.length;
      }
      expect(bytes).toBe(5 * large.length);
    });

    it('keeps chunks of snapshots apart that are saved at the same time', async () => {
      const [one, other] = await Promise.all([
        given.store.save(header(1), chunksOf('a', 'b', 'c')),
        given.store.save(header(2, { content: 'projection' }), chunksOf('x', 'y', 'z')),
      ]);
      expect([await textOf(given.store, one), await textOf(given.store, other)]).toEqual(['abc', 'xyz']);
    });

    it('lists the newest first and keeps three of each content, with their chunks only', async () => {
      for (let position = 1; position <= 5; position++) {
        await given.store.save(header(position), chunksOf(`s${position}`));
        await given.store.save(header(position, { content: 'projection' }), chunksOf(`p${position}`));
      }
      expect([await positions('state'), await positions('projection')]).toEqual([
        [5, 4, 3],
        [5, 4, 3],
      ]);
      const found = await given.store.newest(0);
      expect(await Promise.all(found.map((each) => textOf(given.store, each!)))).toEqual([
        'p5',
        's5',
        'p4',
        's4',
        'p3',
        's3',
      ]);
      expect(await given.firstChunk(0)).toBe(4);
    });

    it('has nothing of a snapshot whose chunks ended in a throw', async () => {
      const broken = (async function* () {
        yield new Uint8Array([1]);
        throw new Error('broken');
      })();
      await expect(given.store.save(header(1), broken)).rejects.toThrow('broken');
      expect(await given.store.newest(0)).toEqual([]);
    });

    it('lists bytes that are no manifest as nothing, and goes on', async () => {
      await given.store.save(header(1), chunksOf('a'));
      await given.writeManifest(0, new TextEncoder().encode('{"v":1,"chunks":[-1]}'));
      await given.writeManifest(0, new Uint8Array([0xff, 0]));
      await given.store.save(header(2), chunksOf('b'));
      expect((await given.store.newest(0)).map((each) => each?.position)).toEqual([2, undefined, undefined, 1]);
    });

    it('says that a snapshot is unfit whose chunks are not there', async () => {
      const saved = await given.store.save(header(1), chunksOf('a'));
      await expect(textOf(given.store, { ...saved, chunks: [99] })).rejects.toThrow(SnapshotUnfit);
    });
  });
}
