import { resolve } from 'node:path';
import type { WantedDocument } from '../../pins/wanted';
import type { Pinned } from '../pin';

/** What a fleet wants pinned, as `bayplan lock` reads it. */
export function wantedOf({ clusters }: Pinned): WantedDocument {
  return {
    format: 1,
    clusters: clusters.map(({ cluster, wanted }) => {
      const { name = '(no cluster)', lockFile } = cluster?.construct ?? {};
      return { cluster: name, lockFile: lockFile === undefined ? undefined : resolve(lockFile), wanted: [...wanted] };
    }),
  };
}
