export interface PackedPackage {
  readonly name: string;
  /** Its path. */
  readonly tarball: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly manifest: {
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
  };
  /** Those that its files import. */
  readonly packages: readonly string[];
  /** Users install it by name; the others come with such a one. */
  readonly isAskedFor: boolean;
}

export function packPackages(to: string): Promise<PackedPackage[]>;
