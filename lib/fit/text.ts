import type { FitAnswer, FitComponent, FitWorkload } from './answer';

/** The answer for people. Notes and refusals are findings, and not in it. */
export function answerText(answer: FitAnswer): string {
  const blocks = answer.workloads.map(workloadText);
  return [...blocks, closing(answer)].join('\n\n') + '\n';
}

function workloadText(workload: FitWorkload): string {
  const { kind, namespace, name, file = '', line, pods, gpus } = workload;
  const head = `${kind} ${namespace}/${name} ${workload.fits ? 'fits' : 'does not fit'}: ${counted(pods, 'pod')}, ${counted(gpus, 'GPU')}`;
  return [
    `${head}  (${file}${line === undefined ? '' : `:${line}`})`,
    ...askLines(workload),
    ...componentLines(workload.components, workload.fits),
    ...(workload.fits ? placeLines(workload) : []),
  ].join('\n');
}

/** Equal wishes on one line; then what the caller asked for and no manifest. */
function askLines({ asks, required, preferred }: FitWorkload): string[] {
  const lines = new Map<string, string[]>();
  for (const ask of asks) {
    const key = wishText(ask);
    lines.set(key, [...(lines.get(key) ?? []), ask.for]);
  }
  const own = asks.filter((ask) => ask.for === 'all pods');
  const isNew = (kind: 'required' | 'preferred', level: string | undefined): boolean =>
    level !== undefined && !own.some((ask) => ask[kind] === level);
  const added = {
    required: isNew('required', required) ? required : undefined,
    preferred: isNew('preferred', preferred) ? preferred : undefined,
  };
  return [
    ...[...lines].map(([wish, who]) => `  the manifests ask for ${wish}, for ${who.join(', ')}`),
    ...(wishText(added) === '' ? [] : [`  asked for ${wishText(added)}, for all pods`]),
  ];
}

function wishText({ required, preferred }: Pick<FitWorkload, 'required' | 'preferred'>): string {
  const parts = [
    required === undefined ? '' : `one ${required}`,
    preferred === undefined ? '' : `preferably one ${preferred}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function componentLines(components: readonly FitComponent[], isPlaced: boolean): string[] {
  const rows = components.map((component) => ({ component, what: sizeOf(component) }));
  const width = Math.max(0, ...components.map(({ name }) => name.length));
  const sizes = Math.max(0, ...rows.map(({ what }) => what.length));
  return rows.map(({ component, what }) =>
    `  ${component.name.padEnd(width)}  ${what.padEnd(sizes)}  ${isPlaced ? nodesOf(component) : ''}`.trimEnd(),
  );
}

/** `4 x 2 pods, 8 GPUs each`. */
function sizeOf({ replicas, nodes, gpusPerReplica }: FitComponent): string {
  if (replicas === 0) return 'no replicas';
  const pods = nodes === 1 ? counted(replicas, 'pod') : `${replicas} x ${counted(nodes, 'pod')}`;
  if (gpusPerReplica === 0) return pods;
  const each = replicas > 1 || nodes > 1 ? ' each' : '';
  return `${pods}, ${counted(gpusPerReplica / nodes, 'GPU')}${each}`;
}

/** Copies of several pods in brackets, equal ones counted. */
function nodesOf({ nodes, copies }: FitComponent): string {
  const texts = copies.map((copy) => (nodes === 1 ? (copy[0] ?? '') : `[${repeated(copy)}]`));
  return repeated(texts);
}

function repeated(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${count} x ${text}`)).join(', ');
}

function placeLines({ spread, distances, pins, components }: FitWorkload): string[] {
  const domains = spread.map(({ name, domains: used, outside }) => {
    const names = used.length > 0 && used.length <= 3 && name !== 'host' ? ` (${shortNames(used).join(', ')})` : '';
    return `${counted(used.length, name)}${names}${outside > 0 ? ` and ${counted(outside, 'node')} outside` : ''}`;
  });
  return [
    `  in ${domains.join(', ')}`,
    ...distances.map(
      ({ between: [prefill, decode], pairs }) => `  ${prefill} to ${decode}: ${pairs.map(pairText).join(', ')}`,
    ),
    ...pinLines(pins, components),
  ];
}

/** The last value of each domain, where that tells them apart. */
function shortNames(domains: readonly string[]): readonly string[] {
  const last = domains.map((domain) => domain.slice(domain.lastIndexOf('/') + 1));
  return new Set(last).size === domains.length ? last : domains;
}

function pairText({ level, count }: FitWorkload['distances'][number]['pairs'][number]): string {
  const pairs = `${count} ${count === 1 ? 'pair' : 'pairs'}`;
  return level === 'none' ? `${pairs} with no level in common` : `${pairs} in one ${level}`;
}

function pinLines(pins: FitWorkload['pins'], components: readonly FitComponent[]): string[] {
  switch (pins) {
    case undefined:
      return [];
    case 'here':
      return ['  these nodes are safe as pins'];
    case 'none':
      return ['  no pins are safe: pods that come late could find their place taken'];
    case 'elsewhere': {
      const nodes = components
        .filter(({ replicas }) => replicas > 0)
        .map((component) => `${component.name} ${nodesOf({ ...component, copies: component.pinnedCopies ?? [] })}`);
      return [`  safe as pins: ${nodes.join('; ')}`];
    }
  }
}

function closing({ fits, workloads, stack, levels, others }: FitAnswer): string {
  const count = workloads.filter((each) => each.fits).length;
  const result =
    workloads.length === 1
      ? []
      : [fits ? `all ${workloads.length} fit, at once` : `${count} of ${workloads.length} fit`];
  const source = {
    options: 'as given',
    topology: `of Topology ${levels.topology}`,
    labels: 'by the labels of the nodes',
  };
  return [
    ...result,
    `levels ${levels.levels.map(({ name }) => name).join(', ')} (${source[levels.from]})`,
    `stack ${stack.name}${stack.assumed ? ' (assumed; --stack says another)' : ''}`,
    ...stack.caveats.map((caveat) => `  ${caveat}`),
    ...(others.length > 0 ? [`not looked at: ${others.map(({ name, count: n }) => `${n} ${name}`).join(', ')}`] : []),
  ].join('\n');
}

function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
