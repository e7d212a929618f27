import { lintTopology } from '../../lib/inventory/topology';
import { list, loaded, node } from './objects';

const levels = ['zone', 'rack', 'kubernetes.io/hostname'];

/** Nodes by name, each with its zone and rack; `-` is no label. */
function cluster(places: Record<string, string>): ReturnType<typeof loaded> {
  const nodes = Object.entries(places).map(([name, place]) => {
    const [zone, rack] = place.split(' ');
    const labels = { 'kubernetes.io/hostname': name, zone, rack };
    return node(name, { labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '-')) });
  });
  return loaded(list(...nodes));
}

function findings(places: Record<string, string>, of: readonly string[] = levels): string[] {
  return lintTopology(cluster(places), of).map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
}

describe('a topology and the labels of the nodes', () => {
  //  a           b
  //  r1    r2    r1
  //  n1 n2 n3    n4
  test('one rack name in two zones is two racks, and fine', () => {
    expect(findings({ n1: 'a r1', n2: 'a r1', n3: 'a r2', n4: 'b r1' })).toEqual([]);
  });

  test('nodes without a label are told once for each level', () => {
    expect(findings({ n1: 'a r1', n2: 'a -', n3: '- r1', n4: '- -', n5: 'b r2' })).toEqual([
      'warning BAY1017: 2 nodes without the label zone: n3, n4',
      'warning BAY1017: 2 nodes without the label rack: n2, n4',
    ]);
  });

  test('of many nodes some are named, and all are counted', () => {
    const bare = Array.from({ length: 12 }, (_, i): [string, string] => [`n${String(i + 10)}`, 'a -']);
    expect(lintTopology(cluster({ n1: 'a r1', ...Object.fromEntries(bare) }), levels)).toEqual([
      {
        code: 'BAY1017',
        severity: 'warning',
        message: '12 nodes without the label rack: n10, n11, n12, … and 9 more',
        where: { pointer: 'nodes' },
        notes: [],
        help: 'label them and export the list again; until then no pod of a graph that this topology constrains goes there',
        data: { level: 'rack', count: 12, nodes: bare.map(([name]) => name) },
      },
    ]);
  });

  test('an empty value is a value', () => {
    const bare = loaded(list(node('n1', { labels: { 'kubernetes.io/hostname': 'n1', zone: 'a', rack: '' } })));
    expect(lintTopology(bare, levels)).toEqual([]);
  });

  test('a level that no node has is an error, with the label that may be meant', () => {
    expect(lintTopology(cluster({ n1: 'a r1' }), ['zone', 'racks'])).toEqual([
      {
        code: 'BAY1018',
        severity: 'error',
        message: 'no node has the label racks, which is a level of the topology',
        where: { pointer: 'nodes' },
        notes: [],
        help: 'did you mean rack? otherwise label the nodes and export the list again, or leave the level out',
        data: { level: 'racks' },
      },
    ]);
    expect(lintTopology(cluster({ n1: 'a r1' }), ['zone', 'fabric.topograph.run/tier-1'])[0]?.help).toBe(
      'label the nodes and export the list again, or leave the level out',
    );
  });

  //  a        a.b
  //  b.c      c         both racks are a.b.c to KAI
  //  n1       n2
  test('domains of one dotted name are told at the broadest level where they run together', () => {
    expect(findings({ n1: 'a b.c', n2: 'a.b c', n3: 'a c' })).toEqual([
      'warning BAY1019: KAI takes different domains of rack for one: a.b/c and a/b.c',
    ]);
  });

  test('dots that make no two domains one are fine', () => {
    expect(findings({ 'n1.eu': 'a.1 r.1', 'n2.eu': 'a.1 r.2', 'n3.eu': 'a.2 r.1' })).toEqual([]);
  });

  test('nodes outside the tree join no domain', () => {
    expect(findings({ n1: 'a b.c', n2: 'a.b c' }, ['zone', 'rack', 'block'])).toEqual([
      'error BAY1018: no node has the label block, which is a level of the topology',
    ]);
  });

  test('dotted host names can run together too', () => {
    expect(findings({ 'c.n1': 'a b', n1: 'a b.c' })).toEqual([
      'warning BAY1019: KAI takes different domains of kubernetes.io/hostname for one: a/b.c/n1 and a/b/c.n1',
    ]);
  });
});
