import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** What graphs can be lowered for. */
const supported = { dynamo: /^1\.5\.\d+$/, kai: /^0\.17\.\d+$/ } as const;
const nearest = { dynamo: '1.5.0', kai: '0.17.0' } as const;

/** Versions that no manifest of ours is known to work on are refused, not tried. */
export function checkStack({ construct }: ClusterModel): Diagnostic[] {
  return (['dynamo', 'kai'] as const).flatMap((part) => {
    const version = construct.stack[part];
    return supported[part].test(version) ? [] : [unsupported(construct, part, version)];
  });
}

function unsupported(construct: ClusterModel['construct'], part: keyof typeof nearest, version: string): Diagnostic {
  const name = part === 'dynamo' ? 'Dynamo' : 'KAI Scheduler';
  return diagnostic('BAY2010', {
    message: `${name} ${JSON.stringify(version)} is not a version that graphs can be written for`,
    where: placeOf(construct),
    notes: reason(part, version),
    help: `the nearest that works is ${nearest[part]}: Stack.of({ dynamo: '${nearest.dynamo}', kai: '${nearest.kai}' })`,
    data: { part, version, supported: nearest[part] },
  });
}

function reason(part: keyof typeof nearest, version: string): string[] {
  if (version.startsWith('v')) return ['versions are written without a leading v'];
  const minor = Number(/^0\.(\d+)\./.exec(version)?.[1] ?? NaN);
  return part === 'kai' && minor < 15 ? ['KAI below 0.15 takes no PodGroup of ours: nothing would hold the gang'] : [];
}
