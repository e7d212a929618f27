import { asText, items, key, meant, type Findings, type Placed } from './loose';

/** Each edge names two groups of its gang, neither beneath the other unless they are one. */
export function checkTraffic(gang: Placed, findings: Findings): void {
  const paths = groupPaths(key(gang, 'groups'), '');
  for (const edge of items(key(gang, 'traffic'))) {
    const ends = items(key(edge, 'between'));
    for (const end of ends) checkEnd(end, paths, findings);
    const [a, b] = ends.map(asText);
    if (a === undefined || b === undefined || !(a.startsWith(`${b}/`) || b.startsWith(`${a}/`))) continue;
    const help = 'name two groups side by side, or one group twice for traffic within it';
    findings.add(
      'BAY3017',
      key(edge, 'between').at,
      `traffic between "${a}" and "${b}": one is beneath the other`,
      help,
    );
  }
}

function checkEnd(end: Placed, paths: readonly string[], findings: Findings): void {
  const path = asText(end);
  if (path === undefined) {
    if (end.value === '') findings.add('BAY3017', end.at, 'traffic names a group ""', meant('', paths, 'group'));
    return;
  }
  if (paths.includes(path)) return;
  findings.add('BAY3017', end.at, `traffic names no group "${path}"`, meant(path, paths, 'group'));
}

function groupPaths(groups: Placed, above: string): string[] {
  return items(groups).flatMap((group) => {
    const path = above + (asText(key(group, 'name')) ?? '');
    return [path, ...groupPaths(key(group, 'groups'), `${path}/`)];
  });
}
