import { knownBad, type StackVersions } from '../../backends/stacks';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** Versions that no manifest of ours is known to work on are refused, unless the user says why to take them. */
export function checkStack({ construct }: ClusterModel): Diagnostic[] {
  const { stack } = construct;
  if (stack.isSupported) return [];
  const { profile, versions, assume } = stack;
  const bad = knownBad.filter(({ when }) => when(versions));
  const isAssumed = assume !== undefined && bad.length === 0;
  return [
    diagnostic(isAssumed ? 'BAY2011' : 'BAY2010', {
      message: isAssumed
        ? `${told(versions)} is taken for ${profile.name}: ${assume}`
        : `${told(versions)} is not a stack that graphs can be written for`,
      where: placeOf(construct),
      notes: [...bad.map(({ effect, source }) => `${effect} (${source})`), ...spelling(versions)],
      help: isAssumed
        ? 'check on that cluster that a graph starts as a gang, and rolls'
        : `the nearest that works is ${profile.name}: Stack.of(${literal(profile.example)})`,
      data: { ...versions, nearest: profile.name },
    }),
  ];
}

const names: Readonly<Record<keyof StackVersions, string>> = {
  dynamo: 'Dynamo',
  kai: 'KAI Scheduler',
  grove: 'Grove',
  runai: 'Run:ai',
};

function entries(versions: StackVersions): [keyof StackVersions, string][] {
  const order: (keyof StackVersions)[] = ['dynamo', 'grove', 'kai', 'runai'];
  return order.flatMap((part) => {
    const version = versions[part];
    return version === undefined ? [] : [[part, version] as [keyof StackVersions, string]];
  });
}

function told(versions: StackVersions): string {
  const list = entries(versions).map(([part, version]) => `${names[part]} ${JSON.stringify(version)}`);
  return list.join(' with ');
}

function literal(versions: StackVersions): string {
  return `{ ${entries(versions)
    .map(([part, version]) => `${part}: '${version}'`)
    .join(', ')} }`;
}

function spelling(versions: StackVersions): string[] {
  const isPrefixed = entries(versions).some(([, version]) => version.startsWith('v'));
  return isPrefixed ? ['versions are written without a leading v'] : [];
}
